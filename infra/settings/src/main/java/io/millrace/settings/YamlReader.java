package io.millrace.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Reads YAML and remembers the line of everything. */
final class YamlReader {
  private static final YAMLFactory YAML = new YAMLFactory();

  private final YAMLParser parser;
  private final IntFunction<Origin> origins;

  private YamlReader(YAMLParser parser, IntFunction<Origin> origins) {
    this.parser = parser;
    this.origins = origins;
  }

  /**
   * Reads a file that holds one document of keys with values.
   *
   * @throws SettingsException naming file and line
   */
  static Node.Section file(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new SettingsException("cannot read " + file + ": " + reason(file, e));
    }
    Node root = read(text.startsWith("\uFEFF") ? text.substring(1) : text, file.toString(), null);
    if (root instanceof Node.Section section && !section.entries().isEmpty()) {
      return section;
    }
    throw new SettingsException(
        file + " has no settings, expected keys with values, as 'server: {port: 8080}'");
  }

  /** Reads a value that was given in one piece elsewhere than in a file. */
  static Node value(String text, Origin origin) {
    Node root = read(text, origin.place(), origin);
    return root == null ? Node.Value.of(text, origin) : root;
  }

  private static String reason(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "no permission to read it";
    }
    if (e instanceof CharacterCodingException) {
      return "it is not UTF-8";
    }
    return Files.isDirectory(file) ? "it is a folder" : String.valueOf(e.getMessage());
  }

  private static @Nullable Node read(String text, String source, @Nullable Origin fixed) {
    try (YAMLParser parser = YAML.createParser(text)) {
      YamlReader reader =
          new YamlReader(parser, line -> fixed == null ? Origin.line(source, line) : fixed);
      if (parser.nextToken() == null) {
        return null;
      }
      Node root = reader.node();
      if (parser.nextToken() != null) {
        throw new SettingsException(
            reader.here().place() + ": a second YAML document, expected one");
      }
      return root;
    } catch (JsonProcessingException e) {
      throw notYaml(source, fixed, e);
    } catch (IOException e) {
      throw new AssertionError("text in memory cannot be read", e);
    }
  }

  /** The reader's own sentence and line, without the lines of the file around it. */
  private static SettingsException notYaml(
      String source, @Nullable Origin fixed, JsonProcessingException e) {
    if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      int line = marked.getProblemMark().getLine() + 1;
      String place = fixed == null ? source + " line " + line : source;
      return new SettingsException(place + ": not YAML: " + marked.getProblem());
    }
    return new SettingsException(source + ": not YAML: " + e.getOriginalMessage());
  }

  private Origin here() {
    return origins.apply(parser.currentTokenLocation().getLineNr());
  }

  private Node node() throws IOException {
    Origin origin = here();
    if (parser.isCurrentAlias()) {
      throw new SettingsException(
          origin.place() + ": an alias of YAML ('*…'), expected the value itself");
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> section(origin);
      case START_ARRAY -> items(origin);
      default -> new Node.Value(parser.getText(), scalar(), origin);
    };
  }

  private Node.Section section(Origin origin) throws IOException {
    Map<String, Node> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      Origin at = here();
      parser.nextToken();
      Node node = node();
      Node value =
          node instanceof Node.Section section
              ? new Node.Section(section.entries(), at)
              : node instanceof Node.Items items ? new Node.Items(items.items(), at) : node;
      Node before = entries.put(key, value);
      if (before != null) {
        throw new SettingsException(
            "%s: %s: given before, at %s, expected it once"
                .formatted(at.place(), key, before.origin().place()));
      }
    }
    return new Node.Section(entries, origin);
  }

  private Node.Items items(Origin origin) throws IOException {
    List<Node> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node());
    }
    return new Node.Items(items, origin);
  }

  private JsonNode scalar() throws IOException {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (parser.currentToken()) {
      case VALUE_NULL -> json.nullNode();
      case VALUE_TRUE, VALUE_FALSE -> json.booleanNode(parser.getBooleanValue());
      case VALUE_NUMBER_INT -> json.numberNode(parser.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> json.numberNode(parser.getDecimalValue());
      default -> json.textNode(parser.getText());
    };
  }
}
