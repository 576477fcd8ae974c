package io.millrace.file.decoding;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Whole lines from the head, the middle and the end of a file: all of it where it is small. What is
 * taken follows from the file's bytes alone. A compressed file is decompressed to its end.
 */
final class SampledStream extends InputStream {
  /** A file, or the bytes inside it, of this size is taken whole. */
  static final long WHOLE = 32L << 20;

  private static final int WINDOW = 1 << 20;
  private static final int WINDOWS = 16;
  private static final long STRIDE = 64L << 20;

  private final InputStream in;
  private final int unit;
  private final long stride;
  private byte[] window = new byte[0];
  private int position;
  private long taken;
  private boolean end;
  private boolean skipped;

  private SampledStream(InputStream in, int unit, long stride) {
    this.in = in;
    this.unit = unit;
    this.stride = stride;
  }

  static SampledStream of(Path file, Container container, int unit) throws IOException {
    long size = Files.size(file);
    long stride =
        container == Container.PLAIN ? Math.max(2L * WINDOW, (size - WHOLE) / WINDOWS) : STRIDE;
    stride -= stride % 4;
    return new SampledStream(container.open(file), unit, stride);
  }

  /** Whether no byte was left out so far. */
  boolean whole() {
    return !skipped;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    if (taken < WHOLE) {
      int read = in.read(to, offset, (int) Math.min(length, WHOLE - taken));
      taken += Math.max(0, read);
      return read;
    }
    while (position == window.length) {
      if (end) {
        return -1;
      }
      nextWindow();
    }
    int count = Math.min(length, window.length - position);
    System.arraycopy(window, position, to, offset, count);
    position += count;
    return count;
  }

  /**
   * Goes on behind the head: first to the end of its last line, then window by window. The last
   * window is what stands before the end.
   */
  private void nextWindow() throws IOException {
    byte[] before = new byte[0];
    if (skipped || taken == WHOLE) {
      long left = taken == WHOLE && !skipped ? 0 : stride - WINDOW;
      while (left > 0) {
        byte[] passed = in.readNBytes((int) Math.min(left, WINDOW));
        if (passed.length == 0) {
          break;
        }
        left -= passed.length;
        before = passed;
      }
    }
    byte[] read = in.readNBytes(WINDOW);
    position = 0;
    if (!skipped) {
      // The line that the head ends in goes on here, so nothing is left out yet.
      taken += read.length;
      end = read.length < WINDOW;
      int last = end ? read.length : lastLine(read);
      window = Arrays.copyOf(read, last);
      skipped = !end;
      return;
    }
    end = read.length < WINDOW;
    byte[] all = read;
    if (end) {
      all = Arrays.copyOf(before, before.length + read.length);
      System.arraycopy(read, 0, all, before.length, read.length);
    }
    int from = firstLine(all);
    int to = end ? all.length : lastLine(all);
    window = from < to ? Arrays.copyOfRange(all, from, to) : new byte[0];
  }

  private int firstLine(byte[] bytes) {
    for (int i = 0; i + unit <= bytes.length; i += unit) {
      if (isNewline(bytes, i)) {
        return i + unit;
      }
    }
    return bytes.length;
  }

  private int lastLine(byte[] bytes) {
    for (int i = bytes.length - bytes.length % unit - unit; i >= 0; i -= unit) {
      if (isNewline(bytes, i)) {
        return i + unit;
      }
    }
    return 0;
  }

  private boolean isNewline(byte[] bytes, int at) {
    int value = 0;
    for (int i = 0; i < unit; i++) {
      value += bytes[at + i] & 0xff;
    }
    return value == '\n' && (bytes[at] == '\n' || bytes[at + unit - 1] == '\n');
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
