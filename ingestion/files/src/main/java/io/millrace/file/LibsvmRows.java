package io.millrace.file;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a libsvm file, {@code label id:value id:value ...}. The k-th pair is the categorical
 * field {@code f<k>} (from 0) with the id as its value, as the CTR benchmarks in this format mean
 * it; the value must be 1.
 */
final class LibsvmRows implements RowReader {
  private final BufferedReader in;
  private final int fields;
  private long line;

  LibsvmRows(BufferedReader in, int fields) {
    this.in = in;
    this.fields = fields;
  }

  @Override
  public @Nullable Row next() throws IOException {
    String text = in.readLine();
    if (text == null) {
      return null;
    }
    line++;
    StringTokenizer tokens = new StringTokenizer(text);
    if (!tokens.hasMoreTokens()) {
      return Row.unusable(line, "an empty line, expected 'label id:value ...'", text);
    }
    String label = tokens.nextToken();
    int positive;
    switch (label) {
      case "1", "+1", "1.0" -> positive = 1;
      case "0", "-1", "0.0" -> positive = 0;
      default -> {
        return Row.unusable(line, "label '%s', expected 0, 1 or -1".formatted(label), text);
      }
    }
    if (tokens.countTokens() != fields) {
      return Row.unusable(
          line,
          "%d id:value pairs, expected %d as the schema has fields"
              .formatted(tokens.countTokens(), fields),
          text);
    }
    Map<String, String> features = new HashMap<>(fields * 2);
    for (int f = 0; f < fields; f++) {
      String pair = tokens.nextToken();
      int colon = pair.indexOf(':');
      if (colon < 1 || !(pair.endsWith(":1") || pair.endsWith(":1.0"))) {
        return Row.unusable(line, "pair '%s', expected id:1".formatted(pair), text);
      }
      features.put("f" + f, pair.substring(0, colon));
    }
    return Row.of(line, positive, features, text);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
