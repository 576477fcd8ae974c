package io.millrace.cli;

import io.millrace.feature.FeatureSchemaRules;
import io.millrace.feature.SchemaText;
import io.millrace.schema.InvalidSchemaException;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** Reads what may or may not be a valid schema. */
final class SchemaFile {
  private SchemaFile() {}

  /**
   * Reads a schema and checks its annotations.
   *
   * @throws InvalidSchemaException naming the file and what is wrong with it
   * @throws UserError if the file cannot be read
   */
  static Schema read(Path file) throws InvalidSchemaException {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new UserError("cannot read schema %s: %s".formatted(file, e));
    }
    try {
      Schema schema = SchemaText.parse(text);
      new FeatureSchemaRules().validate(String.valueOf(schema.getFullName()), schema);
      return schema;
    } catch (AvroRuntimeException | IllegalArgumentException | InvalidSchemaException e) {
      throw new InvalidSchemaException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
