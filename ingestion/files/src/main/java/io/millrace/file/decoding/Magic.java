package io.millrace.file.decoding;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Files that are not read, told by their first bytes. */
public final class Magic {
  /** What is read, to follow what a file is instead. */
  public static final String READ =
      "read are csv (any separator), JSON lines, Parquet, libsvm, libffm and Vowpal Wabbit's text,"
          + " plain or as gzip, xz, zstd, bzip2 or zip";

  private Magic() {}

  static boolean starts(byte[] head, int... bytes) {
    return at(head, 0, bytes);
  }

  private static boolean at(byte[] head, int offset, int... bytes) {
    if (head.length < offset + bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if ((head[offset + i] & 0xff) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean text(byte[] head, int offset, String text) {
    return at(head, offset, text.chars().toArray());
  }

  static boolean isParquet(byte[] head) {
    return text(head, 0, "PAR1");
  }

  /** What unpacked bytes are, in words, or null if they may be one of the formats read. */
  static @Nullable String otherFormat(byte[] head) {
    if (text(head, 0, "PARE")) {
      return "an encrypted Parquet file";
    } else if (text(head, 0, "ORC")) {
      return "an ORC file";
    } else if (text(head, 0, "Obj\u0001")) {
      return "an Avro container file";
    } else if (text(head, 0, "SQLite format 3")) {
      return "an SQLite database";
    } else if (text(head, 0, "%PDF")) {
      return "a PDF document";
    } else if (text(head, 0, "ARROW1") || text(head, 0, "FEA1")) {
      return "an Arrow or Feather file";
    } else if (starts(head, 0x89, 'H', 'D', 'F')) {
      return "an HDF5 file";
    } else if (starts(head, 0x93, 'N', 'U', 'M', 'P', 'Y')) {
      return "a NumPy array";
    } else if (starts(head, 0xd0, 0xcf, 0x11, 0xe0)) {
      return "an old Office document (.xls or the like): save it as csv";
    } else if (starts(head, 0x89, 'P', 'N', 'G')
        || starts(head, 0xff, 0xd8, 0xff)
        || text(head, 0, "GIF8")
        || (text(head, 0, "RIFF") && text(head, 8, "WEBP"))) {
      return "an image";
    } else if (starts(head, '7', 'z', 0xbc, 0xaf) || text(head, 0, "Rar!")) {
      return "a 7z or rar archive: unpack it";
    } else if (starts(head, 0x04, 0x22, 0x4d, 0x18) || starts(head, 0xff, 6, 0, 0, 's', 'N', 'a')) {
      return "compressed by lz4 or snappy: decompress it";
    } else if (starts(head, 0x1f, 0x9d)) {
      return "compressed by Unix compress: decompress it";
    } else if (text(head, 257, "ustar")) {
      return "a tar archive: unpack it";
    } else if (starts(head, 0x7f, 'E', 'L', 'F')) {
      return "a program";
    } else if (text(head, 0, "RDX") || text(head, 0, "X\n") && at(head, 2, 0, 0, 0)) {
      return "an R data file";
    } else if (head.length > 2 && (head[0] & 0xff) == 0x80 && head[1] >= 2 && head[1] <= 5) {
      return "a Python pickle";
    }
    String start =
        new String(head, 0, Math.min(head.length, 256), StandardCharsets.ISO_8859_1)
            .stripLeading()
            .toLowerCase(Locale.ROOT);
    if (start.startsWith("ï»¿")) {
      start = start.substring(3).stripLeading();
    }
    if (start.startsWith("<!doctype html") || start.startsWith("<html")) {
      return "a web page (HTML)";
    } else if (start.startsWith("<?xml")) {
      return "XML";
    } else if (start.startsWith("@relation")) {
      return "Weka's ARFF";
    } else if (start.startsWith("version https://git-lfs")) {
      return "a pointer of Git LFS, not the file itself: git lfs pull";
    }
    return null;
  }

  /** The refusal of a file that seems to be something else. */
  public static UnusableFileException notRead(Path file, String seems) {
    return new UnusableFileException("%s seems to be %s; %s".formatted(file, seems, READ));
  }
}
