package io.millrace.file.decoding;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Locale;

/** The bytes inside a container; whatever is wrong with them is said in one sentence. */
final class ContainerStream extends InputStream {
  private final InputStream in;
  private final Path file;
  private final Container container;

  ContainerStream(InputStream in, Path file, Container container) {
    this.in = in;
    this.file = file;
    this.container = container;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int length) {
    try {
      return in.read(to, offset, length);
    } catch (IOException | RuntimeException e) {
      throw unusable(file, container, e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  static UnusableFileException unusable(Path file, Container container, Exception e) {
    if (e instanceof UnusableFileException said) {
      return said;
    }
    String message = String.valueOf(e.getMessage());
    String words = message.toLowerCase(Locale.ROOT);
    if (e instanceof AccessDeniedException) {
      return new UnusableFileException("%s may not be read by this user".formatted(file));
    }
    if (container == Container.PLAIN) {
      return new UnusableFileException("%s cannot be read: %s".formatted(file, message));
    }
    boolean cut =
        e instanceof EOFException
            || words.contains("truncated")
            || words.contains("unexpected end")
            || words.contains("end of stream")
            || words.contains("end header not found")
            || words.contains("zip end");
    boolean garbage = words.contains("garbage") || words.contains("unknown frame");
    String what =
        cut
            ? "ends in the middle: truncated?"
            : garbage
                ? "has other bytes behind its end: damaged?"
                : "holds bytes that cannot be decompressed: damaged?";
    return new UnusableFileException("%s (%s) %s".formatted(file, container.words(), what));
  }
}
