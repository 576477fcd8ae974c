package io.millrace.file.decoding;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import org.jspecify.annotations.Nullable;

/**
 * How a file's bytes are letters.
 *
 * @param mark bytes of the byte order mark at the beginning, which is no letter
 * @param note what people should know of how it was found, or null where there is no doubt
 */
public record TextEncoding(Charset charset, int mark, @Nullable String note) {
  private static final Charset WINDOWS = Charset.forName("windows-1252");
  private static final Charset UTF_32LE = Charset.forName("UTF-32LE");
  private static final Charset UTF_32BE = Charset.forName("UTF-32BE");

  /** UTF-8 without a mark. */
  static final TextEncoding UTF_8 = new TextEncoding(StandardCharsets.UTF_8, 0, null);

  /** Bytes of one unit: 1, or 2 of UTF-16 and 4 of UTF-32. */
  int unit() {
    return charset.name().startsWith("UTF-16") ? 2 : charset.name().startsWith("UTF-32") ? 4 : 1;
  }

  /**
   * The encoding that the user named; a byte order mark of it is taken off.
   *
   * @throws UnusableFileException if this JVM knows none of that name
   */
  static TextEncoding named(String name, byte[] head) {
    Charset charset;
    try {
      charset = Charset.forName(name.strip());
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw new UnusableFileException(
          "--encoding '%s', expected one such as UTF-8, ISO-8859-1, windows-1252 or UTF-16LE"
              .formatted(name));
    }
    TextEncoding marked = byMark(head);
    if (marked != null
        && (marked.charset.equals(charset) || marked.charset.name().startsWith(charset.name()))) {
      return new TextEncoding(marked.charset, marked.mark, null);
    }
    return new TextEncoding(charset, 0, null);
  }

  private static @Nullable TextEncoding byMark(byte[] head) {
    if (Magic.starts(head, 0xef, 0xbb, 0xbf)) {
      return new TextEncoding(StandardCharsets.UTF_8, 3, null);
    } else if (Magic.starts(head, 0xff, 0xfe, 0, 0)) {
      return new TextEncoding(UTF_32LE, 4, null);
    } else if (Magic.starts(head, 0, 0, 0xfe, 0xff)) {
      return new TextEncoding(UTF_32BE, 4, null);
    } else if (Magic.starts(head, 0xff, 0xfe)) {
      return new TextEncoding(StandardCharsets.UTF_16LE, 2, null);
    } else if (Magic.starts(head, 0xfe, 0xff)) {
      return new TextEncoding(StandardCharsets.UTF_16BE, 2, null);
    }
    return null;
  }

  /**
   * What bytes are: what a mark says; UTF-16 where every other byte is zero; UTF-8 where they are
   * that strictly, or for their larger part; else one byte a letter, which is said.
   *
   * @param sample from the beginning of the file
   */
  static TextEncoding detect(byte[] sample) {
    TextEncoding marked = byMark(sample);
    if (marked != null) {
      return marked;
    }
    Charset wide = wide(sample);
    if (wide != null) {
      return new TextEncoding(wide, 0, "no byte order mark, told by its zero bytes");
    }
    int[] found = utf8(sample);
    if (found[1] == 0) {
      return UTF_8;
    }
    if (found[0] > found[1]) {
      return new TextEncoding(
          StandardCharsets.UTF_8, 0, "some bytes are not UTF-8: their rows are rejected");
    }
    Charset bytes = StandardCharsets.ISO_8859_1;
    boolean controls = false;
    boolean undefined = false;
    for (byte b : sample) {
      int value = b & 0xff;
      controls |= value >= 0x80 && value < 0xa0;
      undefined |=
          value == 0x81 || value == 0x8d || value == 0x8f || value == 0x90 || value == 0x9d;
    }
    if (controls && !undefined) {
      bytes = WINDOWS;
    }
    return new TextEncoding(
        bytes,
        0,
        "not UTF-8 from line %d on (byte 0x%02X), taken for %s; --encoding names another"
            .formatted(line(sample, found[2]), sample[found[2]] & 0xff, bytes.name()));
  }

  private static @Nullable Charset wide(byte[] sample) {
    int pairs = Math.min(sample.length, 4096) / 2;
    if (pairs < 2) {
      return null;
    }
    int low = 0;
    int high = 0;
    for (int i = 0; i < pairs; i++) {
      high += sample[2 * i] == 0 && sample[2 * i + 1] != 0 ? 1 : 0;
      low += sample[2 * i] != 0 && sample[2 * i + 1] == 0 ? 1 : 0;
    }
    return low > pairs * 0.6
        ? StandardCharsets.UTF_16LE
        : high > pairs * 0.6 ? StandardCharsets.UTF_16BE : null;
  }

  /** Letters of several bytes, bytes that are not UTF-8, and where the first of these stands. */
  private static int[] utf8(byte[] sample) {
    ByteBuffer in = ByteBuffer.wrap(sample);
    CharBuffer out = CharBuffer.allocate(1 << 14);
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    int wide = 0;
    int wrong = 0;
    int first = -1;
    while (true) {
      CoderResult result = decoder.decode(in, out, false);
      out.flip();
      while (out.hasRemaining()) {
        wide += out.get() >= 0x80 ? 1 : 0;
      }
      out.clear();
      if (result.isUnderflow()) {
        return new int[] {wide, wrong, first};
      } else if (result.isError()) {
        if (first < 0) {
          first = in.position();
        }
        wrong++;
        in.position(in.position() + result.length());
      }
    }
  }

  private static int line(byte[] sample, int at) {
    int line = 1;
    for (int i = 0; i < at; i++) {
      line += sample[i] == '\n' ? 1 : 0;
    }
    return line;
  }
}
