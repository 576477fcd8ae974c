package io.millrace.replay;

import io.millrace.feature.EncodedBatch;
import io.millrace.feature.InvalidFeatureException;
import io.millrace.file.FileRecords;
import io.millrace.file.Rejection;
import io.millrace.file.Rejections;
import io.millrace.file.Row;
import io.millrace.file.RowReader;
import io.millrace.trainer.Scorer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a file for a {@link Scorer}. A row is called by its id, or by its line. One that
 * cannot be used is not scored, but counted.
 */
public final class ScoredFile implements Scorer.Rows, AutoCloseable {
  private final RowReader rows;
  private final FileRecords records;
  private final Scorer scorer;
  private final int id;
  private final Rejections rejections = new Rejections();

  /** Opens a file whose features are those of the scorer's model. */
  public ScoredFile(SourceFile file, Scorer scorer) throws IOException {
    this.rows = file.plan().open();
    this.records = file.fit().records();
    this.scorer = scorer;
    this.id = file.plan().id().map(column -> file.plan().indexOf(column.name())).orElse(-1);
  }

  @Override
  public @Nullable String next(EncodedBatch into) throws IOException {
    for (Row row = rows.next(); row != null; row = rows.next()) {
      Rejection rejection = row.rejection();
      if (rejection == null) {
        try {
          scorer.compiled().encoder().encode(records.of(row, "", 0), into);
          String name = id < 0 ? null : row.values()[id];
          return name == null ? String.valueOf(row.line()) : name;
        } catch (InvalidFeatureException e) {
          rejection = Rejections.of(e);
        }
      }
      rejections.add(row.line(), rejection);
    }
    return null;
  }

  /** Rows that were not scored, and why. */
  public Rejections rejections() {
    return rejections;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
