package io.millrace.cli;

import io.millrace.standalone.UserError;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Text that a command is given: itself, a file, or standard input. */
final class GivenText {
  private GivenText() {}

  /** The text, or what standard input holds where it is {@code -}. */
  static String given(String text) throws IOException {
    return text.equals("-") ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8) : text;
  }

  /**
   * The bytes of a file, unpacked if it is gzip, or of standard input where it is {@code -}.
   *
   * @throws UserError if there is no such file
   */
  static InputStream open(Path file) throws IOException {
    if (!file.toString().equals("-") && !Files.isRegularFile(file)) {
      throw new UserError("no file at %s".formatted(file));
    }
    InputStream in =
        new BufferedInputStream(
            file.toString().equals("-") ? System.in : Files.newInputStream(file), 1 << 16);
    in.mark(2);
    boolean packed = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return packed ? new BufferedInputStream(new GZIPInputStream(in), 1 << 16) : in;
  }

  /** The next line without its end, or null after the last. */
  static byte @Nullable [] line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = in.read();
    if (b < 0) {
      return null;
    }
    for (; b >= 0 && b != '\n'; b = in.read()) {
      line.write(b);
    }
    return line.toByteArray();
  }
}
