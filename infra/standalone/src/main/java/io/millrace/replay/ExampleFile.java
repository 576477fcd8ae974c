package io.millrace.replay;

import io.millrace.feature.FeatureEncoder;
import io.millrace.feature.InvalidFeatureException;
import io.millrace.file.FileRecords;
import io.millrace.file.Rejection;
import io.millrace.file.Rejections;
import io.millrace.file.Row;
import io.millrace.file.RowReader;
import io.millrace.standalone.UserError;
import io.millrace.trained.LabeledExamples;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file of examples, for training, evaluation and scores. */
public record ExampleFile(SourceFile source) {

  /**
   * Reads and encodes all rows.
   *
   * @throws UserError naming the first rows of each kind that cannot be used
   */
  public LabeledExamples read(FeatureEncoder encoder) throws IOException {
    FileRecords records = source.fit().records();
    LabeledExamples examples = new LabeledExamples(encoder.fields());
    Rejections rejections = new Rejections();
    try (RowReader rows = source.plan().open()) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        Rejection rejection = row.rejection();
        if (rejection == null) {
          rejection = encode(records, encoder, row, examples);
        }
        if (rejection != null) {
          rejections.add(row.line(), rejection);
        }
      }
    }
    if (rejections.total() > 0) {
      throw new UserError(
          "%s has rows that cannot be used:%n%s"
              .formatted(
                  source.file(), String.join(System.lineSeparator(), rejections.describe())));
    }
    if (examples.size() == 0) {
      throw new UserError("%s has no rows, expected at least one".formatted(source.file()));
    }
    return examples;
  }

  private static @Nullable Rejection encode(
      FileRecords records, FeatureEncoder encoder, Row row, LabeledExamples examples) {
    try {
      encoder.encode(records.of(row, "r" + examples.size(), 0), examples.next());
      examples.add(Math.max(0, row.label()));
      return null;
    } catch (InvalidFeatureException e) {
      return Rejections.of(e);
    }
  }
}
