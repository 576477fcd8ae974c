package io.millrace.feature;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;

/** Finds what someone meant who mistyped a name. */
public final class NearestName {
  /** A longer one is not compared: that takes time and memory by the product of two lengths. */
  private static final int LONGEST_NAME = 256;

  private NearestName() {}

  /** {@code ", did you mean x?"} for the nearest known name, or the list of them all. */
  public static String hint(String given, Collection<String> known) {
    return find(given, known)
        .map(name -> ", did you mean '" + name + "'?")
        .orElseGet(
            () ->
                known.isEmpty()
                    ? ", none is known here"
                    : ", known: " + String.join(", ", new TreeSet<>(known)));
  }

  /** The known name with the fewest edits, if a third of its letters or fewer would change. */
  public static Optional<String> find(String given, Collection<String> known) {
    if (given.length() > LONGEST_NAME) {
      return Optional.empty();
    }
    return known.stream()
        .min(
            Comparator.<String>comparingInt(name -> distance(given, name))
                .thenComparing(Comparator.naturalOrder()))
        .filter(name -> distance(given, name) <= Math.max(1, name.length() / 3));
  }

  /** Edits (insert, delete, replace, swap of neighbours) from {@code a} to {@code b}. */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], 1 + d[i - 2][j - 2]);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
