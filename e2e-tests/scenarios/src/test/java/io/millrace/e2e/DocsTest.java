package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documentation names is there: pages, modules and classes. */
class DocsTest {
  static final Path ROOT = root();
  private static final Pattern PAGE = Pattern.compile("\\bdocs(/[a-z0-9-]+)*\\.(md|csv)\\b");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");
  private static final Pattern MODULES = Pattern.compile("-pl ([a-z0-9,/-]+)");
  private static final Pattern CLASS =
      Pattern.compile("\\bio\\.millrace(\\.[a-z0-9]+)+\\.[A-Z]\\w+");

  private static Path root() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("CONTRIBUTING.md"))) {
        return at;
      }
    }
    throw new IllegalStateException("no CONTRIBUTING.md above the working directory");
  }

  static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      List<Path> pages = new ArrayList<>(docs.filter(p -> p.toString().endsWith(".md")).toList());
      pages.add(ROOT.resolve("README.md"));
      pages.add(ROOT.resolve("CONTRIBUTING.md"));
      return pages;
    }
  }

  /** What a pattern finds in all pages, as page and finding, where the test does not hold. */
  private static List<String> without(Pattern pattern, int group, Predicate<String> holds)
      throws IOException {
    List<String> missing = new ArrayList<>();
    for (Path page : pages()) {
      Matcher matcher = pattern.matcher(Files.readString(page));
      while (matcher.find()) {
        if (!holds.test(matcher.group(group))) {
          missing.add(ROOT.relativize(page) + ": " + matcher.group(group));
        }
      }
    }
    return missing;
  }

  @Test
  void pagesThatAreNamedAreThere() throws IOException {
    assertThat(without(PAGE, 0, page -> Files.exists(ROOT.resolve(page)))).isEmpty();
    List<String> missing = new ArrayList<>();
    for (Path page : pages()) {
      Matcher matcher = LINK.matcher(Files.readString(page));
      while (matcher.find()) {
        if (!Files.exists(page.resolveSibling(matcher.group(1)))) {
          missing.add(ROOT.relativize(page) + ": " + matcher.group(1));
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void modulesOfCommandsAreThere() throws IOException {
    assertThat(
            without(
                MODULES,
                1,
                modules ->
                    Stream.of(modules.split(",", -1))
                        .allMatch(module -> Files.exists(ROOT.resolve(module).resolve("pom.xml")))))
        .isEmpty();
  }

  @Test
  void classesOfCommandsAreThere() throws IOException {
    Set<String> classes = new HashSet<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      files
          .map(file -> ROOT.relativize(file).toString())
          .filter(file -> file.endsWith(".java") && file.contains("src/"))
          .forEach(
              file -> {
                int at = file.indexOf("/java/") + 6;
                classes.add(file.substring(at, file.length() - 5).replace('/', '.'));
              });
    }
    // Events are made of their schemas.
    Path events = ROOT.resolve("schemas/contracts/src/main/avro");
    Predicate<String> event =
        name -> {
          int dot = name.lastIndexOf('.');
          return name.startsWith("io.millrace.event.")
              && Files.exists(events.resolve(name.substring(dot + 1) + ".avsc"));
        };
    assertThat(without(CLASS, 0, event.or(classes::contains))).isEmpty();
  }
}
