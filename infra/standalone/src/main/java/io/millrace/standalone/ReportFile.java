package io.millrace.standalone;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file that figures go to as JSON when the work is done. A figure that is not defined is null,
 * never NaN.
 */
public final class ReportFile {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .registerModule(
              new SimpleModule()
                  .addSerializer(double.class, new Figure())
                  .addSerializer(Double.class, new Figure()));

  private ReportFile() {}

  /** A number, or null if it is not finite: JSON has no other words for it. */
  private static final class Figure extends StdSerializer<Double> {
    private static final long serialVersionUID = 1;

    Figure() {
      super(Double.class);
    }

    @Override
    public void serialize(Double value, JsonGenerator to, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        to.writeNumber(value);
      } else {
        to.writeNull();
      }
    }
  }

  /** Replaces a file by a report, in readable form. */
  public static void write(Path file, Object report) throws IOException {
    Files.writeString(file, JSON.writeValueAsString(report) + "\n");
  }

  /**
   * Checks before the work that it can be written.
   *
   * @throws UserError if it can't
   */
  public static void check(Optional<Path> report) {
    if (report.isEmpty()) {
      return;
    }
    Path file = report.get().toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new UserError(
          "--report %s: expected a file in a folder that is there and can be written"
              .formatted(report.get()));
    }
    if (Files.isDirectory(file)) {
      throw new UserError("--report %s: a folder, expected a file".formatted(report.get()));
    }
  }
}
