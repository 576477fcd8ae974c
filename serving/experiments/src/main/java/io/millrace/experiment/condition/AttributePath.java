package io.millrace.experiment.condition;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a value lies: names with dots between them. */
final class AttributePath {
  private final String[] names;

  AttributePath(String path) {
    names = path.split("\\.", -1);
  }

  /** The value there; null if there is none. */
  @Nullable Object in(Attributes attributes) {
    Object value = attributes.value(names[0]);
    for (int i = 1; i < names.length && value != null; i++) {
      value = inside(value, names[i]);
    }
    return value;
  }

  private static @Nullable Object inside(Object value, String name) {
    if (value instanceof Map<?, ?> map) {
      return map.get(name);
    }
    return value instanceof List<?> list && name.matches("0|[1-9]\\d{0,8}")
        ? element(list, Integer.parseInt(name))
        : null;
  }

  private static @Nullable Object element(List<?> list, int index) {
    return index < list.size() ? list.get(index) : null;
  }
}
