package io.millrace.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The bytes of an event as a text for people, whatever they are. */
public final class EventText {
  private static final int MOST_BYTES = 64;

  private EventText() {}

  /**
   * A record as JSON, where the bytes are one; else a text, where they are UTF-8; else the first
   * bytes in hexadecimal. Characters that a terminal would act on are replaced.
   *
   * @param bytes the event's value, or null
   * @param most characters; a longer text is cut, and ends in three dots
   */
  public static String of(@Nullable ByteBuffer bytes, AvroWire wire, int most) {
    if (bytes == null || !bytes.hasRemaining()) {
      return "";
    }
    byte[] value = new byte[bytes.remaining()];
    bytes.duplicate().get(value);
    return ShownValue.text(text(value, wire), most);
  }

  private static String text(byte[] value, AvroWire wire) {
    try {
      return wire.decode(value).value().toString();
    } catch (WireFormatException e) {
      return utf8(value);
    }
  }

  private static String utf8(byte[] value) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
      if (text.indexOf('\0') < 0) {
        return text;
      }
    } catch (CharacterCodingException e) {
      // not a text
    }
    int shown = Math.min(value.length, MOST_BYTES);
    return "0x"
        + HexFormat.of().formatHex(value, 0, shown)
        + (shown < value.length ? "... (%d bytes)".formatted(value.length) : "");
  }
}
