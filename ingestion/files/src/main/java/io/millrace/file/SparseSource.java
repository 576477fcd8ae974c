package io.millrace.file;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of a file of labels and pairs; empty lines and comments are none. */
final class SparseSource implements RawRows {
  /** Of labels and pairs, in one of the formats that have such. */
  record Layout(FileFormat format, SparseLayout columns) implements RawRows.Layout {
    @Override
    public RawRows open(Opening from) {
      return new SparseSource(new Lines(from.letters()), format, columns);
    }
  }

  private final Lines lines;
  private final FileFormat format;
  private final SparseLayout layout;
  private final Map<String, Integer> index;

  SparseSource(Lines lines, FileFormat format, SparseLayout layout) {
    this.lines = lines;
    this.format = format;
    this.layout = layout;
    this.index = layout.index();
  }

  @Override
  public @Nullable RawRow next() throws IOException {
    String text = lines.next();
    while (text != null) {
      String line = SparseLine.withoutComment(format, text);
      if (!line.isEmpty()) {
        try {
          return RawRow.of(lines.line(), layout.cells(SparseLine.parse(format, line), index));
        } catch (SparseLine.BadLine e) {
          return RawRow.bad(lines.line(), Rejection.row(Rejection.Kind.SYNTAX, e.words()), text);
        }
      }
      text = lines.next();
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
