package io.millrace.settings;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All settings that a record of settings has, found by looking at its components. */
public final class Keys {
  private Keys() {}

  /**
   * The keys of a process in the order of its components.
   *
   * @param defaults what is not given
   * @throws IllegalArgumentException if two keys have the same environment variable
   */
  public static List<Key> of(Record defaults) {
    List<Key> keys = new ArrayList<>();
    collect(defaults, "", keys);
    Map<String, String> variables = new HashMap<>();
    for (Key key : keys) {
      String other = variables.put(key.variable(), key.path());
      if (other != null) {
        throw new IllegalArgumentException(
            "%s is the variable of %s and of %s".formatted(key.variable(), other, key.path()));
      }
    }
    return List.copyOf(keys);
  }

  private static void collect(Record section, String prefix, List<Key> keys) {
    for (RecordComponent component : section.getClass().getRecordComponents()) {
      String path = prefix + component.getName();
      Object value = valueOf(component, section);
      if (value instanceof Record inner) {
        collect(inner, path + ".", keys);
      } else if (component.getType() == Others.class) {
        Class<?> owner = othersOf(component.getGenericType());
        for (RecordComponent other : owner.getRecordComponents()) {
          keys.add(
              new Key(
                  prefix + other.getName(),
                  other.getGenericType(),
                  null,
                  owner,
                  other.getName(),
                  true));
        }
      } else {
        keys.add(
            new Key(
                path,
                component.getGenericType(),
                value,
                section.getClass(),
                component.getName(),
                false));
      }
    }
  }

  /** The record whose keys a component of type {@link Others} takes. */
  static Class<?> othersOf(Type type) {
    return (Class<?>) ((ParameterizedType) type).getActualTypeArguments()[0];
  }

  static List<String> names(Class<?> record) {
    return Arrays.stream(record.getRecordComponents()).map(RecordComponent::getName).toList();
  }

  static @Nullable Object valueOf(RecordComponent component, Record record) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new AssertionError("a record's component cannot be read: " + component, e);
    }
  }
}
