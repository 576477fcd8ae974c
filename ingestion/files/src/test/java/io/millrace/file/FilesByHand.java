package io.millrace.file;

import io.millrace.feature.FeatureSchema;
import io.millrace.feature.InvalidFeatureException;
import io.millrace.file.FileOptions.Option;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.avro.generic.GenericRecord;

/** Writes the small files of these tests, and reads them. */
final class FilesByHand {
  private FilesByHand() {}

  static Path write(Path folder, String name, String text) {
    return write(folder, name, text.getBytes(StandardCharsets.UTF_8));
  }

  static Path write(Path folder, String name, byte[] bytes) {
    try {
      return Files.write(folder.resolve(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static FilePlan plan(Path folder, String text) {
    return FilePlan.of(write(folder, "f", text), FileOptions.NONE);
  }

  static FilePlan plan(Path folder, String text, Option option, String value) {
    return FilePlan.of(write(folder, "f", text), FileOptions.NONE.with(option, value));
  }

  /** Usable rows, each as its values with bars between. */
  static List<String> rows(FilePlan plan) {
    List<String> rows = new ArrayList<>();
    read(plan, new Rejections(), rows);
    return rows;
  }

  /** Rejected rows. */
  static List<String> rejected(FilePlan plan) {
    Rejections rejections = new Rejections();
    read(plan, rejections, new ArrayList<>());
    return rejections.describe();
  }

  private static void read(FilePlan plan, Rejections rejections, List<String> usable) {
    try (RowReader rows = plan.open()) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        Rejection rejection = row.rejection();
        if (rejection != null) {
          rejections.add(row.line(), rejection);
        } else {
          usable.add(
              java.util.Arrays.stream(row.values())
                  .map(String::valueOf)
                  .collect(Collectors.joining("|")));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All rows as records of a schema; values that it cannot take are counted. */
  static List<GenericRecord> records(FilePlan plan, FeatureSchema schema, Rejections rejections) {
    FileRecords records = SchemaFit.of(schema, plan).records();
    List<GenericRecord> all = new ArrayList<>();
    try (RowReader rows = plan.open()) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        Rejection rejection = row.rejection();
        if (rejection == null) {
          try {
            all.add(records.of(row, "r" + row.line(), 0));
            continue;
          } catch (InvalidFeatureException e) {
            rejection = Rejections.of(e);
          }
        }
        rejections.add(row.line(), rejection);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  /** A schema of fields in JSON. */
  static FeatureSchema schema(String fields) {
    return FeatureSchema.parse(
        "{\"type\":\"record\",\"name\":\"Row\",\"namespace\":\"t\",\"fields\":[" + fields + "]}");
  }
}
