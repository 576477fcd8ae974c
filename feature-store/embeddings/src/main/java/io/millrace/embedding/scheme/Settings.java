package io.millrace.embedding.scheme;

import io.millrace.feature.NearestName;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Checks that several configs share. */
final class Settings {
  private Settings() {}

  /** Refuses several experts, whose rows such a scheme has no columns for. */
  static void requireOneExpert(String scheme, int experts) {
    if (experts != 1) {
      throw new IllegalArgumentException(
          ("embedding.scheme: %s with %d experts, expected a single one"
                  + " (\"experts\":[{\"rate\":1,\"linearRate\":1}],\"mixer\":false),"
                  + " or scheme unified, hash or qr")
              .formatted(scheme, experts));
    }
  }

  /** A copy in the order of the names; none of null. */
  static <T> Map<String, T> byName(@Nullable Map<String, T> given) {
    return given == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(given));
  }

  /** Refuses names that are no field's. */
  static void requireFields(String setting, Collection<String> names, List<String> fields) {
    for (String name : names) {
      if (!fields.contains(name)) {
        throw new IllegalArgumentException(
            "%s: \"%s\" is no field of the feature schema%s"
                .formatted(setting, name, NearestName.hint(name, fields)));
      }
    }
  }

  /** Refuses a share that is no weight. */
  static void requireShares(Map<String, Double> shares) {
    shares.forEach(
        (field, share) -> {
          if (!(share > 0) || Double.isInfinite(share)) {
            throw new IllegalArgumentException(
                "embedding.shares.%s: %s, expected a finite number above 0"
                    .formatted(field, share));
          }
        });
  }

  static void requireWithin(String setting, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "embedding.%s: %d, expected %d to %d".formatted(setting, value, least, most));
    }
  }
}
