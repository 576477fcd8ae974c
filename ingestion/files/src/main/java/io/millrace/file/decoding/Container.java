package io.millrace.file.decoding;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.tukaani.xz.XZInputStream;

/** What a file's bytes are packed in, told by their first ones and never by the file's name. */
public enum Container {
  PLAIN,
  GZIP,
  XZ,
  ZSTD,
  BZIP2,
  ZIP;

  private static final int BUFFER = 1 << 16;

  /** What bytes at the beginning of a file say. */
  static Container of(byte[] head) {
    if (Magic.starts(head, 0x1f, 0x8b)) {
      return GZIP;
    } else if (Magic.starts(head, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return XZ;
    } else if (Magic.starts(head, 0x28, 0xb5, 0x2f, 0xfd)) {
      return ZSTD;
    } else if (Magic.starts(head, 'B', 'Z', 'h')
        && head.length > 3
        && head[3] >= '1'
        && head[3] <= '9') {
      return BZIP2;
    } else if (Magic.starts(head, 'P', 'K', 3, 4) || Magic.starts(head, 'P', 'K', 5, 6)) {
      return ZIP;
    }
    return PLAIN;
  }

  /** In words, for people. */
  public String words() {
    return switch (this) {
      case PLAIN -> "plain";
      case GZIP -> "gzip";
      case XZ -> "xz";
      case ZSTD -> "zstd";
      case BZIP2 -> "bzip2";
      case ZIP -> "zip";
    };
  }

  /**
   * The bytes inside. Members, streams and frames one after another are one file.
   *
   * @throws UnusableFileException if there is not exactly one file inside; the stream throws it
   *     where the bytes are damaged or end in the middle
   */
  public InputStream open(Path file) {
    try {
      if (this == ZIP) {
        return new ContainerStream(only(file), file, this);
      }
      InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
      return new ContainerStream(
          switch (this) {
            case GZIP ->
                GzipCompressorInputStream.builder()
                    .setInputStream(in)
                    .setDecompressConcatenated(true)
                    .setBufferSize(BUFFER)
                    .get();
            case XZ -> new XZInputStream(in);
            case ZSTD -> new ZstdInputStream(in);
            case BZIP2 -> new BZip2CompressorInputStream(in, true);
            default -> in;
          },
          file,
          this);
    } catch (IOException | RuntimeException e) {
      throw ContainerStream.unusable(file, this, e);
    }
  }

  /** The only file of an archive; closing its stream closes the archive. */
  private static InputStream only(Path file) throws IOException {
    ZipFile zip = new ZipFile(file.toFile());
    try {
      List<ZipEntry> files = new ArrayList<>();
      for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
        ZipEntry entry = all.nextElement();
        boolean metadata =
            entry.getName().startsWith("__MACOSX/") || entry.getName().endsWith(".DS_Store");
        if (!entry.isDirectory() && !metadata) {
          files.add(entry);
        }
      }
      List<String> names = files.stream().map(ZipEntry::getName).sorted().limit(8).toList();
      if (names.stream().anyMatch(name -> name.equals("[Content_Types].xml"))) {
        throw Magic.notRead(file, "an Office document (.xlsx or the like): save it as csv");
      }
      if (files.size() != 1) {
        throw new UnusableFileException(
            "%s holds %s, expected a zip of exactly one file: unpack it"
                .formatted(
                    file,
                    files.isEmpty()
                        ? "no file"
                        : files.size() + " files (" + String.join(", ", names) + ")"));
      }
      InputStream in = zip.getInputStream(files.get(0));
      return new BufferedInputStream(in, BUFFER) {
        @Override
        public void close() throws IOException {
          super.close();
          zip.close();
        }
      };
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
  }
}
