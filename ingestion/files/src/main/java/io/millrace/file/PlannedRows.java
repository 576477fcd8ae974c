package io.millrace.file;

import io.millrace.feature.InstantSpelling;
import io.millrace.feature.MissingMarkers;
import io.millrace.file.decoding.StrictDecoder;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows of a file by its plan, with label and time. */
final class PlannedRows implements RowReader {
  private final RawRows rows;
  private final @Nullable StrictDecoder decoder;
  private final List<String> names;
  private final @Nullable Label label;
  private final int timeColumn;
  private final InstantSpelling timeSpelling;
  private final Set<String> missing;
  private final String encoding;

  PlannedRows(FilePlan plan) throws IOException {
    this.names = plan.names();
    this.label = plan.label().orElse(null);
    this.timeColumn = plan.time().map(c -> plan.indexOf(c.name())).orElse(-1);
    this.timeSpelling = plan.time().map(c -> c.spelling().instants()).orElse(InstantSpelling.ISO);
    this.missing = plan.missing();
    this.encoding = plan.encoding().charset().name();
    this.decoder =
        plan.format().isText()
            ? new StrictDecoder(plan.container().open(plan.file()), plan.encoding())
            : null;
    Label known = label;
    this.rows =
        plan.layout()
            .open(
                new RawRows.Opening(
                    plan.file(),
                    decoder,
                    names,
                    cells -> known == null || known.rule().apply(cells[known.column()]) >= 0));
  }

  @Override
  public @Nullable Row next() throws IOException {
    RawRow row = rows.next();
    if (row == null) {
      return null;
    }
    Rejection problem = row.problem();
    if (problem != null) {
      return Row.unusable(row.line(), problem, row.text());
    }
    @Nullable String[] cells = row.cells();
    if (decoder != null && decoder.escaped()) {
      problem = wrongByte(cells);
    }
    if (!missing.isEmpty()) {
      for (int c = 0; c < cells.length; c++) {
        cells[c] = cells[c] != null && missing.contains(cells[c]) ? null : cells[c];
      }
    }
    int yes = Row.NO_LABEL;
    if (label != null && problem == null) {
      String text = cells[label.column()];
      yes = label.rule().apply(text);
      if (yes < 0) {
        problem =
            Rejection.of(
                Rejection.Kind.LABEL,
                label.name(),
                text,
                "label %s in column %s, expected %s"
                    .formatted(
                        text == null ? "missing" : "'" + Rejection.shown(text) + "'",
                        label.name(),
                        label.rule().expectation()));
      }
    }
    long time = Row.NO_TIME;
    if (timeColumn >= 0 && problem == null) {
      String text = cells[timeColumn];
      Long millis = text == null ? null : timeSpelling.millis(text);
      if (millis != null) {
        time = millis;
      } else if (text != null && !MissingMarkers.isMissing(text)) {
        problem =
            Rejection.of(
                Rejection.Kind.TIME,
                names.get(timeColumn),
                text,
                "column %s: \"%s\", expected %s"
                    .formatted(
                        names.get(timeColumn), Rejection.shown(text), InstantSpelling.EXPECTATION));
      }
    }
    return new Row(row.line(), yes, time, names, cells, problem, "");
  }

  private @Nullable Rejection wrongByte(@Nullable String[] cells) {
    for (int c = 0; c < cells.length; c++) {
      String cell = cells[c];
      int wrong = cell == null ? -1 : StrictDecoder.wrongByte(cell);
      if (wrong >= 0) {
        return Rejection.of(
            Rejection.Kind.ENCODING,
            names.get(c),
            null,
            "column %s holds the byte 0x%02X, which is not %s; --encoding names another"
                .formatted(names.get(c), wrong, encoding));
      }
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
