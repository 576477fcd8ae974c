package io.millrace.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a file of one JSON object per line. Objects inside are columns {@code a.b}; a list is one
 * cell, its items separated by {@link #ITEM}. Keys that are met for the first time become columns.
 */
final class JsonSource implements RawRows {
  /** What separates the items of a list in a cell; it is no letter of any text. */
  static final char ITEM = '\u001f';

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(com.fasterxml.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /** Of JSON lines. */
  record Layout() implements RawRows.Layout {
    @Override
    public RawRows open(Opening from) {
      return new JsonSource(new Lines(from.letters()), from.names());
    }
  }

  private final Lines lines;
  private final Map<String, Integer> columns = new LinkedHashMap<>();
  private final boolean grows;
  private String text = "";

  /**
   * @param known columns in their order; other keys are left out
   */
  JsonSource(Lines lines, List<String> known) {
    this(lines, known, false);
  }

  private JsonSource(Lines lines, Collection<String> known, boolean grows) {
    this.lines = lines;
    this.grows = grows;
    known.forEach(name -> columns.put(name, columns.size()));
  }

  /** Rows whose keys that are not among the known ones become columns as they come. */
  static JsonSource growing(Lines lines, Collection<String> known) {
    return new JsonSource(lines, known, true);
  }

  /** The columns met so far. */
  Set<String> columns() {
    return columns.keySet();
  }

  /** The line of the last row. */
  String text() {
    return text;
  }

  @Override
  public @Nullable RawRow next() throws IOException {
    String line = lines.next();
    while (line != null && line.isBlank()) {
      line = lines.next();
    }
    if (line == null) {
      return null;
    }
    text = line;
    Cells cells = new Cells();
    try (JsonParser parser = JSON.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return bad("expected one JSON object per line", text);
      }
      object(parser, "", cells);
      if (parser.nextToken() != null) {
        return bad("expected one JSON object per line, not more behind it", text);
      }
    } catch (JsonProcessingException e) {
      return bad(
          "no JSON at letter %d, expected one JSON object per line"
              .formatted(e.getLocation() == null ? 1 : e.getLocation().getColumnNr()),
          text);
    }
    return RawRow.of(lines.line(), Arrays.copyOf(cells.values, columns.size()));
  }

  private RawRow bad(String message, String text) {
    return RawRow.bad(lines.line(), Rejection.row(Rejection.Kind.SYNTAX, message), text);
  }

  private final class Cells {
    private @Nullable String[] values = new String[Math.max(8, columns.size())];

    void put(String name, @Nullable String value) {
      Integer at = columns.get(name);
      if (at == null) {
        if (!grows) {
          return;
        }
        at = columns.size();
        columns.put(name, at);
      }
      if (at >= values.length) {
        values = Arrays.copyOf(values, at * 2);
      }
      values[at] = value;
    }
  }

  private void object(JsonParser parser, String prefix, Cells cells) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      String name = prefix + (key.isEmpty() ? "_" : key);
      switch (parser.nextToken()) {
        case START_OBJECT -> object(parser, name + ".", cells);
        case START_ARRAY -> cells.put(name, list(parser));
        case VALUE_NULL -> cells.put(name, null);
        default -> cells.put(name, parser.getText());
      }
    }
  }

  private static String list(JsonParser parser) throws IOException {
    StringBuilder items = new StringBuilder();
    int depth = 1;
    boolean first = true;
    while (true) {
      JsonToken token = parser.nextToken();
      if (token == null) {
        throw new com.fasterxml.jackson.core.JsonParseException(parser, "a list without an end");
      }
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        if (--depth == 0) {
          return items.toString();
        }
      } else if (token != JsonToken.VALUE_NULL && token != JsonToken.FIELD_NAME) {
        if (!first) {
          items.append(ITEM);
        }
        first = false;
        items.append(parser.getText().replace(ITEM, ' '));
      }
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
