package io.millrace.wire;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.Iterator;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What somebody gave, as a message, a terminal or a page repeats it. */
public final class ShownValue {
  private static final int MAX_CHARACTERS = 120;

  /** What a terminal would act on, and halves of letters, which no encoding takes. */
  private static final Pattern UNSHOWABLE = Pattern.compile("[\\p{Cntrl}\\x{80}-\\x{9f}\\p{Cs}]");

  private ShownValue() {}

  /**
   * A value as JSON, cut after 120 characters. What JSON has no form for is shown as Java or Avro
   * writes it.
   *
   * @param value for example text, a number, a list, a map by names, or null
   */
  public static String of(@Nullable Object value) {
    StringBuilder json = new StringBuilder();
    if (value instanceof CharSequence text) {
      json.append('"');
      JsonStringEncoder.getInstance().quoteAsString(start(text, MAX_CHARACTERS), json);
      json.append(beyond(text)).append('"');
      return clean(json);
    }
    write(value, json);
    return clean(start(json, MAX_CHARACTERS) + beyond(json));
  }

  /** A text, cut after {@code most} characters; then three dots follow. */
  public static String text(CharSequence text, int most) {
    return clean(text.length() <= most ? text : start(text, most) + "...");
  }

  private static void write(@Nullable Object value, StringBuilder json) {
    if (value instanceof CharSequence text) {
      json.append('"');
      JsonStringEncoder.getInstance().quoteAsString(text, json);
      json.append('"');
    } else if (value instanceof Map<?, ?> map) {
      json.append('{');
      for (Iterator<? extends Map.Entry<?, ?>> it = map.entrySet().iterator(); it.hasNext(); ) {
        Map.Entry<?, ?> entry = it.next();
        write(String.valueOf(entry.getKey()), json);
        json.append(':');
        write(entry.getValue(), json);
        json.append(it.hasNext() ? "," : "");
      }
      json.append('}');
    } else if (value instanceof Iterable<?> list) {
      json.append('[');
      for (Iterator<?> it = list.iterator(); it.hasNext(); ) {
        write(it.next(), json);
        json.append(it.hasNext() ? "," : "");
      }
      json.append(']');
    } else {
      json.append(value);
    }
  }

  private static CharSequence start(CharSequence text, int most) {
    return text.length() <= most ? text : text.subSequence(0, most);
  }

  private static String beyond(CharSequence text) {
    return text.length() <= MAX_CHARACTERS ? "" : "… (" + text.length() + " characters)";
  }

  private static String clean(CharSequence text) {
    return UNSHOWABLE.matcher(text).replaceAll("\uFFFD");
  }
}
