package io.millrace.experiment;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Constants by the words that users write. */
final class Words {
  private Words() {}

  static <E> E of(String word, String place, E[] values, Function<E, String> words) {
    return Arrays.stream(values)
        .filter(value -> words.apply(value).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s: \"%s\", expected one of %s"
                        .formatted(
                            place,
                            word,
                            Arrays.stream(values).map(words).collect(Collectors.joining(", ")))));
  }
}
