package io.millrace.replay;

import io.millrace.feature.FeatureEncoder;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.InvalidFeatureException;
import io.millrace.file.Format;
import io.millrace.file.Row;
import io.millrace.file.RowReader;
import io.millrace.file.RowRecords;
import io.millrace.standalone.UserError;
import io.millrace.trained.LabeledExamples;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A file of labelled examples, for training and evaluation.
 *
 * @param label the label column
 */
public record ExampleFile(Path file, Format format, FeatureSchema schema, String label) {

  /**
   * Reads and encodes all rows.
   *
   * @throws UserError at the first row that cannot be used, naming line, field and value
   */
  public LabeledExamples read(FeatureEncoder encoder) throws IOException {
    RowRecords records = new RowRecords(schema);
    LabeledExamples examples = new LabeledExamples(encoder.fields());
    try (RowReader rows = format.open(file, schema, label, null)) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        String problem = row.problem();
        if (problem == null) {
          try {
            encoder.encode(records.of(row, "r" + examples.size(), 0), examples.next());
            examples.add(row.label());
            continue;
          } catch (InvalidFeatureException e) {
            problem = e.getMessage();
          }
        }
        throw new UserError("line %d of %s: %s".formatted(row.line(), file, problem));
      }
    }
    if (examples.size() == 0) {
      throw new UserError("%s has no rows, expected at least one".formatted(file));
    }
    return examples;
  }
}
