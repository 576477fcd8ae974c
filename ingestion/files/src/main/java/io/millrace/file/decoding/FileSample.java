package io.millrace.file.decoding;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A first look at a file: what it is packed in, its encoding, and bytes of its head, middle and
 * end. Immutable.
 */
public final class FileSample {
  private static final int HEAD = 1 << 12;

  private final Path file;
  private final Container container;
  private final @Nullable TextEncoding encoding;
  private final byte[] bytes;
  private final boolean whole;

  private FileSample(
      Path file,
      Container container,
      @Nullable TextEncoding encoding,
      byte[] bytes,
      boolean whole) {
    this.file = file;
    this.container = container;
    this.encoding = encoding;
    this.bytes = bytes;
    this.whole = whole;
  }

  /**
   * Looks at a file.
   *
   * @param encoding that the user named
   * @throws UnusableFileException if it is no file, empty, damaged, or none of the formats read
   */
  public static FileSample of(Path file, Optional<String> encoding) {
    Container container = Container.PLAIN;
    try {
      byte[] head = head(file);
      container = Container.of(head);
      byte[] inside = container == Container.PLAIN ? head : inside(file, container);
      if (Magic.isParquet(inside)) {
        return parquet(file, container);
      }
      return text(file, container, inside, encoding);
    } catch (IOException e) {
      throw ContainerStream.unusable(file, container, e);
    }
  }

  private static byte[] head(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new UnusableFileException("no file at %s".formatted(file));
    } else if (Files.isDirectory(file)) {
      throw new UnusableFileException("%s is a folder, expected a file".formatted(file));
    } else if (!Files.isRegularFile(file)) {
      throw new UnusableFileException(
          "%s is not a regular file (a pipe?): a file is read twice, so write it to one first"
              .formatted(file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      return notEmpty(file, in.readNBytes(HEAD));
    }
  }

  private static byte[] inside(Path file, Container container) throws IOException {
    byte[] inside;
    try (InputStream in = container.open(file)) {
      inside = notEmpty(file, in.readNBytes(HEAD));
    }
    Container second = Container.of(inside);
    if (second != Container.PLAIN) {
      throw new UnusableFileException(
          "%s holds %s inside of %s: unpack it".formatted(file, second.words(), container.words()));
    }
    return inside;
  }

  private static byte[] notEmpty(Path file, byte[] head) {
    if (head.length == 0) {
      throw new UnusableFileException("%s is empty".formatted(file));
    }
    return head;
  }

  private static FileSample parquet(Path file, Container container) {
    if (container != Container.PLAIN) {
      throw new UnusableFileException(
          "%s is Parquet inside of %s: unpack it".formatted(file, container.words()));
    }
    return new FileSample(file, container, null, new byte[0], true);
  }

  private static FileSample text(
      Path file, Container container, byte[] inside, Optional<String> given) throws IOException {
    String other = Magic.otherFormat(inside);
    if (other != null) {
      throw Magic.notRead(file, other);
    }
    TextEncoding encoding =
        given.isPresent() ? TextEncoding.named(given.get(), inside) : TextEncoding.detect(inside);
    byte[] sample;
    boolean whole;
    try (SampledStream in = SampledStream.of(file, container, encoding.unit())) {
      sample = in.readAllBytes();
      whole = in.whole();
    }
    if (given.isEmpty()) {
      encoding = TextEncoding.detect(sample);
    }
    if (encoding.unit() == 1 && isBinary(sample)) {
      throw Magic.notRead(file, "no text");
    }
    return new FileSample(file, container, encoding, sample, whole);
  }

  private static boolean isBinary(byte[] sample) {
    int length = Math.min(sample.length, HEAD);
    int controls = 0;
    for (int i = 0; i < length; i++) {
      int b = sample[i] & 0xff;
      controls += b < 9 || (b > 13 && b < 32 && b != 27) ? 1 : 0;
    }
    // Hive's ^A stands between cells.
    return controls * 5 > length;
  }

  /** The file. */
  public Path file() {
    return file;
  }

  /** What it is packed in. */
  public Container container() {
    return container;
  }

  /** Whether it is Parquet, which is read by its own rules; it has no encoding and no letters. */
  public boolean parquet() {
    return encoding == null;
  }

  /** How bytes are letters; UTF-8 for Parquet. */
  public TextEncoding encoding() {
    return encoding == null ? TextEncoding.UTF_8 : encoding;
  }

  /** Whether no byte of the file was left out. */
  public boolean whole() {
    return whole;
  }

  /** The letters of the whole file, which is opened again where it is not in memory. */
  public Reader allLetters() throws IOException {
    return whole ? reader() : new StrictDecoder(container.open(file), encoding());
  }

  /** The letters of what was taken. */
  public Reader reader() {
    return new StrictDecoder(new ByteArrayInputStream(bytes), encoding());
  }

  /** The first letters. */
  public String beginning(int letters) throws IOException {
    char[] first = new char[letters];
    int length = 0;
    try (Reader in = reader()) {
      int read = 0;
      while (length < letters && read >= 0) {
        read = in.read(first, length, letters - length);
        length += Math.max(0, read);
      }
    }
    return new String(first, 0, length);
  }
}
