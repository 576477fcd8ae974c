package io.millrace.file;

import io.millrace.feature.Feature;
import io.millrace.feature.FeatureSchema;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Columns of a file of labels and pairs that a schema names. Of such a file they are columns also
 * where no line has them: a feature that is not there is 0. So a short file to be scored has the
 * columns of the long one that was learned.
 *
 * @param numbers names of columns of numbers
 * @param others names of columns of texts and lists
 */
record SparseColumns(Set<String> numbers, Set<String> others) {
  static final SparseColumns NONE = new SparseColumns(Set.of(), Set.of());

  private static final Pattern FIELD = Pattern.compile("f[0-9]+(_\\S+)?");

  private static final Pattern ID = Pattern.compile("f[0-9]+");

  /** The columns of a schema's features. */
  static SparseColumns of(FeatureSchema schema) {
    Set<String> numbers = new LinkedHashSet<>();
    Set<String> others = new LinkedHashSet<>();
    for (Feature feature : schema.encodedFields()) {
      if (feature.isField()) {
        String column = schema.column(feature.name()).orElse(feature.name());
        (feature.isNumber() ? numbers : others).add(column);
      }
    }
    return new SparseColumns(numbers, others);
  }

  /**
   * Whether libsvm's lines are wanted by their ids. Categorical features {@code f0}, {@code f1} and
   * on, and no others, may also be those of places.
   */
  boolean byId() {
    List<String> ids = mayBeAbsent(FileFormat.LIBSVM);
    boolean places =
        numbers.isEmpty() && IntStream.range(0, ids.size()).allMatch(k -> ids.contains("f" + k));
    return others.contains(SparseLayout.ALL) || (!ids.isEmpty() && !places);
  }

  /**
   * The tokens of a group that have a column of numbers of their own.
   *
   * @param groups all groups of the file
   * @param known tokens of the group in the file
   */
  List<String> tokens(FileFormat format, String group, Set<String> groups, Set<String> known) {
    String prefix = prefix(format, group);
    return all().stream()
        .filter(name -> name.startsWith(prefix) && name.length() > prefix.length())
        .filter(
            name ->
                switch (format) {
                  case LIBSVM -> ID.matcher(name).matches();
                  case VW ->
                      !groups.contains(name)
                          && (!group.isEmpty() || isOfNoNamespace(name, groups, known));
                  default -> true;
                })
        .map(name -> name.substring(prefix.length()))
        .toList();
  }

  private boolean isOfNoNamespace(String name, Set<String> groups, Set<String> known) {
    return (numbers.contains(name) || known.contains(name))
        && groups.stream().noneMatch(g -> !g.isEmpty() && name.startsWith(g + "_"));
  }

  private Set<String> all() {
    Set<String> all = new LinkedHashSet<>(numbers);
    all.addAll(others);
    return all;
  }

  /**
   * Wanted columns that only such a file has, by their names: each may be there without a value.
   */
  List<String> mayBeAbsent(FileFormat format) {
    return switch (format) {
      case LIBSVM -> all().stream().filter(ID.asMatchPredicate()).toList();
      case LIBFFM -> all().stream().filter(FIELD.asMatchPredicate()).toList();
      default -> List.of();
    };
  }

  /** What the names of a group's columns of numbers begin with. */
  static String prefix(FileFormat format, String group) {
    return switch (format) {
      case LIBSVM -> "f";
      case LIBFFM -> "f" + group + "_";
      default -> group.isEmpty() ? "" : group + "_";
    };
  }
}
