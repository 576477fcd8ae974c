package io.millrace.file;

import io.millrace.feature.NumberSpelling;
import io.millrace.file.decoding.Magic;
import java.nio.file.Path;
import java.util.List;

/** Tells the format of a text from its first lines. */
final class FormatFinder {
  /** So many lines are looked at. */
  static final int LINES = 200;

  private FormatFinder() {}

  /**
   * The format.
   *
   * @param beginning the first letters of the file, not blank
   * @param cut whether more letters follow
   */
  static FileFormat find(Path file, String beginning, boolean cut) {
    List<String> lines =
        beginning.lines().map(String::strip).filter(l -> !l.isEmpty()).limit(LINES).toList();
    if (cut && lines.size() > 1 && lines.size() < LINES) {
      lines = lines.subList(0, lines.size() - 1);
    }
    String first = lines.get(0);
    if (first.startsWith("{")) {
      return FileFormat.JSON_LINES;
    } else if (first.startsWith("[") && (first.length() == 1 || first.startsWith("[{"))) {
      throw Magic.notRead(file, "a JSON list: write one object per line (jq -c '.[]')");
    }
    for (FileFormat format : List.of(FileFormat.LIBSVM, FileFormat.LIBFFM, FileFormat.VW)) {
      List<String> said =
          lines.stream().filter(l -> !SparseLine.withoutComment(format, l).isEmpty()).toList();
      long fits = said.stream().filter(line -> fits(format, line)).count();
      if (fits >= Math.max(1, said.size() * 0.8)) {
        return format;
      }
    }
    return FileFormat.CSV;
  }

  private static boolean fits(FileFormat format, String text) {
    String line = SparseLine.withoutComment(format, text);
    if (format == FileFormat.VW) {
      int bar = line.indexOf('|');
      // In a table with bars between cells, a cell stands right before the first bar.
      boolean head =
          bar >= 0
              && line.substring(0, bar).matches("([-+]?[0-9.]+(e[-+]?[0-9]+)?\\s+)*('\\S*)?")
              && line.length() > bar + 1;
      if (!head) {
        return false;
      }
    }
    try {
      SparseLine parsed = SparseLine.parse(format, line);
      String label = parsed.label();
      return !parsed.pairs().isEmpty()
          && (label == null || !Double.isNaN(NumberSpelling.PLAIN.toDouble(label)));
    } catch (SparseLine.BadLine e) {
      return false;
    }
  }
}
