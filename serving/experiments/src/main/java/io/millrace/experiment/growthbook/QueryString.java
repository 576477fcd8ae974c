package io.millrace.experiment.growthbook;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page's address that forces variations: {@code ?experiment=1}. */
final class QueryString {
  private static final Pattern INDEX = Pattern.compile("\\d{1,9}");

  private QueryString() {}

  /** The variation of an experiment, if there is such a one. */
  static OptionalInt override(String experiment, String url, int variations) {
    int begin = url.indexOf('?');
    if (begin < 0) {
      return OptionalInt.empty();
    }
    String query = url.substring(begin + 1).replaceFirst("[?#].*", "");
    for (String pair : query.split("&", -1)) {
      if (pair.startsWith(experiment + "=")) {
        Matcher index = INDEX.matcher(pair).region(experiment.length() + 1, pair.length());
        int variation = index.lookingAt() ? Integer.parseInt(index.group()) : variations;
        return variation < variations ? OptionalInt.of(variation) : OptionalInt.empty();
      }
    }
    return OptionalInt.empty();
  }
}
