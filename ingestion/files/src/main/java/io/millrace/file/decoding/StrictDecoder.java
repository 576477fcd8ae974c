package io.millrace.file.decoding;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/**
 * Letters of bytes, without any that stands for what is not understood: a byte that is not of the
 * encoding becomes an unpaired low surrogate, which no encoding decodes to, so that the row that
 * holds it can be told and rejected. A byte order mark at the beginning is left out.
 */
public final class StrictDecoder extends Reader {
  /** A byte b that is not of the encoding becomes this plus b. */
  private static final int ESCAPE = 0xdc00;

  private final InputStream in;
  private final CharsetDecoder decoder;
  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
  private boolean end;
  private boolean flushed;
  private int skip;
  private boolean escaped;

  public StrictDecoder(InputStream in, TextEncoding encoding) {
    this.in = in;
    this.skip = encoding.mark();
    this.decoder =
        encoding
            .charset()
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    bytes.limit(0);
  }

  /** Whether any byte so far was not of the encoding. */
  public boolean escaped() {
    return escaped;
  }

  /** The first byte of a text that was not of the encoding, or -1. */
  public static int wrongByte(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= ESCAPE
          && c <= ESCAPE + 0xff
          && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)))) {
        return c - ESCAPE;
      }
    }
    return -1;
  }

  @Override
  public int read(char[] to, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    } else if (flushed) {
      return -1;
    }
    CharBuffer out = CharBuffer.wrap(to, offset, length);
    int start = out.position();
    while (out.position() == start) {
      CoderResult result = decoder.decode(bytes, out, end);
      if (result.isError()) {
        for (int i = result.length(); i > 0; i--) {
          if (!out.hasRemaining()) {
            break;
          }
          out.put((char) (ESCAPE + (bytes.get() & 0xff)));
        }
        escaped = true;
      } else if (result.isOverflow() && out.position() == start) {
        // A pair of surrogates does not fit into one char.
        throw new IOException("a buffer of one letter");
      } else if (result.isUnderflow() && out.position() == start) {
        if (end) {
          if (!flushed) {
            decoder.flush(out);
            flushed = true;
          }
          return out.position() == start ? -1 : out.position() - start;
        }
        fill();
      }
    }
    return out.position() - start;
  }

  private void fill() throws IOException {
    bytes.compact();
    int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
    if (read < 0) {
      end = true;
    } else {
      bytes.position(bytes.position() + read);
    }
    bytes.flip();
    while (skip > 0 && bytes.hasRemaining()) {
      bytes.get();
      skip--;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
