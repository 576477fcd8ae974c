package io.millrace.file;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** Opens text files as they are: plain, {@code .xz}, {@code .gz} or {@code .zst}. */
final class CompressedFile {
  private CompressedFile() {}

  /**
   * Opens a UTF-8 text file, decompressing by its ending.
   *
   * @throws UnusableFileException if the file does not exist or is not what its ending says
   */
  static BufferedReader open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new UnusableFileException("no file at %s".formatted(file));
    }
    try {
      InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
      String name = String.valueOf(file.getFileName());
      if (name.endsWith(".xz")) {
        in = new XZInputStream(in);
      } else if (name.endsWith(".gz")) {
        in = new GZIPInputStream(in, 1 << 16);
      } else if (name.endsWith(".zst")) {
        in = new ZstdInputStream(in);
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16);
    } catch (IOException e) {
      throw new UnusableFileException("cannot read %s: %s".formatted(file, e.getMessage()));
    }
  }
}
