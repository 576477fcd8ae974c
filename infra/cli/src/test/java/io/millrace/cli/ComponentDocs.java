package io.millrace.cli;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import io.millrace.settings.Key;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** What the documentation of records says of their components, read from their sources. */
final class ComponentDocs {
  private final Map<String, Path> sources = new HashMap<>();

  /** Descriptions of a record's components by their names; records by their names in Java. */
  private final Map<String, Map<String, String>> read = new HashMap<>();

  ComponentDocs(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      files
          .filter(file -> file.toString().endsWith(".java"))
          .forEach(
              file -> {
                String path = root.relativize(file).toString();
                int java = path.indexOf("src/main/java/");
                if (java >= 0) {
                  sources.put(path.substring(java + 14, path.length() - 5).replace('/', '.'), file);
                }
              });
    }
  }

  /**
   * What a setting is.
   *
   * @throws IllegalStateException if nothing says it
   */
  String of(Key key) {
    String outermost = key.owner().getName().replaceFirst("\\$.*", "");
    Path source = sources.get(outermost);
    if (source == null) {
      throw new IllegalStateException("no source of " + outermost);
    }
    if (!read.containsKey(key.owner().getSimpleName())) {
      parse(source);
    }
    String text = read.getOrDefault(key.owner().getSimpleName(), Map.of()).get(key.component());
    if (text == null) {
      throw new IllegalStateException(
          "%s says nothing of component %s, expected a @param"
              .formatted(key.owner().getName(), key.component()));
    }
    return text;
  }

  private void parse(Path source) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, List.of(), null, files.getJavaFileObjects(source));
      DocTrees docs = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        new TreePathScanner<Void, Void>() {
          @Override
          public Void visitClass(ClassTree type, Void unused) {
            Map<String, String> components = new HashMap<>();
            DocCommentTree comment = docs.getDocCommentTree(getCurrentPath());
            if (comment != null) {
              for (DocTree tag : comment.getBlockTags()) {
                if (tag instanceof ParamTree param) {
                  components.put(param.getName().toString(), text(param.getDescription()));
                }
              }
            }
            read.put(type.getSimpleName().toString(), components);
            return super.visitClass(type, unused);
          }
        }.scan(new TreePath(unit), null);
      }
    } catch (IOException e) {
      throw new IllegalStateException(source.toString(), e);
    }
  }

  private static String text(List<? extends DocTree> description) {
    return description.stream()
        .map(ComponentDocs::text)
        .collect(Collectors.joining())
        .replaceAll("\\s+", " ")
        .strip();
  }

  private static String text(DocTree tree) {
    if (tree instanceof LiteralTree literal) {
      return "`" + literal.getBody().getBody().replaceAll("\\s+", " ").strip() + "`";
    }
    if (tree instanceof LinkTree link) {
      return link.getLabel().isEmpty()
          ? "`" + link.getReference().getSignature().replaceFirst("^.*#", "") + "`"
          : text(link.getLabel());
    }
    // A text prints itself with escapes for what is not ASCII.
    return tree instanceof TextTree text ? text.getBody() : tree.toString();
  }
}
