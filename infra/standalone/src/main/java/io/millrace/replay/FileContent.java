package io.millrace.replay;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a file held when its replay began: a replay that goes on must find the same bytes, and may
 * find more behind them.
 *
 * @param bytes how many
 * @param hash XXH3 of them
 */
record FileContent(long bytes, long hash) {
  private static final String KEY = "replay.content";

  /**
   * Compares a file with what the directory's replay began with; the first time, it is kept.
   *
   * @return how many bytes have come behind those
   * @throws UserError if the file has become another one
   */
  static long grownBy(DataDirectory directory, Path file) throws IOException {
    String known = directory.known(KEY);
    long size = Files.size(file);
    if (known == null) {
      fix(directory, file);
      return 0;
    }
    FileContent before = parse(known);
    if (size < before.bytes || of(file, before.bytes).hash != before.hash) {
      throw new UserError(
          "data directory %s holds a replay of another %s: %,d bytes then, %,d now, and not the same ones; expected the same file, perhaps with more at its end, or another --data-dir"
              .formatted(directory.root(), file.getFileName(), before.bytes, size));
    }
    return size - before.bytes;
  }

  /** Keeps what a file holds now. */
  static void fix(DataDirectory directory, Path file) throws IOException {
    directory.fix(KEY, of(file, Files.size(file)).text());
  }

  private static FileContent of(Path file, long bytes) throws IOException {
    HashStream64 hash = Hashing.xxh3_64().hashStream();
    byte[] buffer = new byte[1 << 20];
    long left = bytes;
    try (InputStream in = Files.newInputStream(file)) {
      while (left > 0) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          break;
        }
        hash.putBytes(buffer, 0, read);
        left -= read;
      }
    }
    return new FileContent(bytes - left, hash.getAsLong());
  }

  private String text() {
    return bytes + ":" + Long.toHexString(hash);
  }

  private static FileContent parse(String text) {
    String[] parts = text.split(":", -1);
    return new FileContent(Long.parseLong(parts[0]), Long.parseUnsignedLong(parts[1], 16));
  }
}
