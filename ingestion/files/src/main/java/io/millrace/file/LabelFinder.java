package io.millrace.file;

import io.millrace.feature.NearestName;
import io.millrace.feature.NumberSpelling;
import io.millrace.feature.Truth;
import io.millrace.file.FileOptions.Option;
import io.millrace.file.decoding.UnusableFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Finds the label among a file's columns: by name, then as the only column of two values. */
final class LabelFinder {
  /**
   * Names of labels without anything but letters and digits, those first that mean nothing else.
   */
  private static final List<String> NAMES =
      List.of(
          "label",
          "clicked",
          "click",
          "isclick",
          "isclicked",
          "clk",
          "clickedonad",
          "target",
          "y",
          "isattributed",
          "attributed",
          "converted",
          "conversion",
          "isconverted",
          "isconversion",
          "purchased",
          "purchase",
          "ispurchase",
          "bought",
          "buy",
          "installed",
          "install",
          "isinstall",
          "liked",
          "like",
          "islike",
          "response",
          "responded",
          "outcome",
          "class",
          "result",
          "income",
          "survived",
          "churn",
          "churned",
          "exited",
          "default",
          "defaultpaymentnextmonth",
          "isfraud",
          "fraud",
          "subscribed",
          "visit",
          "visited");

  /** Names of ratings, which a threshold makes labels. */
  private static final List<String> RATINGS =
      List.of("rating", "ratings", "stars", "overall", "reviewscore", "score");

  /** Texts of two-valued columns: the negative one, the positive one. */
  private static final Map<String, String> PAIRS =
      Map.of(
          "bad",
          "good",
          "-",
          "+",
          "neg",
          "pos",
          "negative",
          "positive",
          "ham",
          "spam",
          "b",
          "m",
          "benign",
          "malignant",
          "nonclick",
          "click",
          "noclick",
          "click",
          "fail",
          "pass");

  private static final int FEW = 1_000;

  private final List<ColumnProfile> columns;
  private final FileOptions options;
  private final boolean header;
  private final boolean sparse;

  LabelFinder(List<ColumnProfile> columns, FileOptions options, boolean header, boolean sparse) {
    this.columns = columns;
    this.options = options;
    this.header = header;
    this.sparse = sparse;
  }

  /**
   * The label, or none if the user says that there is none.
   *
   * @throws UnusableFileException naming the option that decides, if there is none or more than one
   */
  Optional<Label> find() {
    if (options.isNone(Option.LABEL)) {
      return Optional.empty();
    }
    Optional<String> given = options.get(Option.LABEL);
    if (given.isPresent()) {
      return Optional.of(named(given.get()));
    }
    for (List<String> names : List.of(NAMES, RATINGS)) {
      for (String name : names) {
        for (int c = 0; c < columns.size(); c++) {
          if (normal(columns.get(c).name()).equals(name) && mayBe(columns.get(c))) {
            return Optional.of(label(c));
          }
        }
      }
    }
    return Optional.of(byContents());
  }

  private Label named(String given) {
    List<String> names = columns.stream().map(ColumnProfile::name).toList();
    int at = names.indexOf(given);
    if (at < 0) {
      at = names.indexOf(given.strip());
    }
    if (at < 0) {
      throw new UnusableFileException(
          "label column '%s' is not in the file%s"
              .formatted(given, NearestName.hint(given, new HashSet<>(names))));
    }
    return label(at);
  }

  private Label byContents() {
    List<Integer> found = columnsThat(LabelFinder::twoValued);
    if (found.isEmpty()) {
      found = columnsThat(column -> column.few(2).size() == 2 && column.numeric());
    }
    if (!header && found.size() > 1) {
      // Files without names have the label first (Criteo, libsvm) or last (UCI).
      if (found.get(0) == 0) {
        return label(0);
      } else if (found.get(found.size() - 1) == columns.size() - 1) {
        return label(columns.size() - 1);
      }
    }
    if (found.size() == 1) {
      return label(found.get(0));
    }
    for (int c = 0; found.isEmpty() && c < columns.size(); c++) {
      if (isName(columns.get(c).name())) {
        return label(c); // or says why it cannot be
      }
    }
    List<String> names =
        (found.isEmpty() ? columns : found.stream().map(columns::get).toList())
            .stream().map(ColumnProfile::name).limit(20).toList();
    throw new UnusableFileException(
        found.isEmpty()
            ? "no column holds yes and no, expected --label with the column of the label (of %s), and --positive or --positive-from where it holds other values; or --label none"
                .formatted(String.join(", ", names))
            : "columns %s have two values each, expected --label with the one that is the label"
                .formatted(String.join(", ", names)));
  }

  private List<Integer> columnsThat(Predicate<ColumnProfile> condition) {
    List<Integer> found = new ArrayList<>();
    for (int c = 0; c < columns.size(); c++) {
      if (condition.test(columns.get(c))) {
        found.add(c);
      }
    }
    return found;
  }

  private boolean mayBe(ColumnProfile column) {
    Map<String, Long> few = column.few(FEW);
    return !few.isEmpty() && (column.numeric() || few.size() <= 2 || spelled(few) > 0);
  }

  private static boolean twoValued(ColumnProfile column) {
    Map<String, Long> few = column.few(2);
    return few.size() == 2 && pairRule(few.keySet()) != null;
  }

  private static long spelled(Map<String, Long> values) {
    return values.entrySet().stream()
        .filter(e -> Truth.of(e.getKey()) != null)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private Label label(int at) {
    ColumnProfile column = columns.get(at);
    LabelRule rule = rule(column);
    long rows = 0;
    long positives = 0;
    for (Map.Entry<String, Long> value : column.values().entrySet()) {
      int label = rule.apply(value.getKey());
      rows += label >= 0 ? value.getValue() : 0;
      positives += label == 1 ? value.getValue() : 0;
    }
    long unusable = column.allCounted() ? column.rows() - rows : 0;
    return new Label(column.name(), at, rule, rows, positives, unusable);
  }

  private LabelRule rule(ColumnProfile column) {
    Optional<String> positive = options.get(Option.POSITIVE);
    Map<String, Long> few = column.few(FEW);
    if (positive.isPresent()) {
      String wanted = positive.get().strip();
      LabelRule rule = LabelRule.value(wanted, null);
      if (!few.isEmpty() && few.keySet().stream().noneMatch(v -> rule.apply(v) == 1)) {
        throw new UnusableFileException(
            "--positive '%s', expected a value of column '%s': %s"
                .formatted(wanted, column.name(), shown(few.keySet())));
      }
      return rule;
    }
    Optional<String> from = options.get(Option.POSITIVE_FROM);
    if (from.isPresent()) {
      double x = NumberSpelling.PLAIN.toDouble(from.get());
      if (Double.isNaN(x)) {
        throw new UnusableFileException(
            "--positive-from '%s', expected a number".formatted(from.get()));
      }
      return LabelRule.threshold(x);
    }
    if (column.values().isEmpty()) {
      throw new UnusableFileException(
          "label column '%s' is empty in every row, expected yes or no; --label names another"
              .formatted(column.name()));
    }
    if (few.isEmpty()) {
      throw new UnusableFileException(
          "label column '%s' has more than %d values, expected two; --positive-from or --positive makes two of them"
              .formatted(column.name(), FEW));
    }
    LabelRule pair = few.size() <= 2 ? pairRule(few.keySet()) : null;
    if (pair != null) {
      return pair;
    }
    long present = few.values().stream().mapToLong(Long::longValue).sum();
    if (sparse && spelled(few) >= 0.9 * present) {
      return LabelRule.SPELLED;
    }
    if (column.numeric()) {
      return few.size() == 2 && column.least() < column.most()
          ? larger(few.keySet())
          : rating(column);
    }
    boolean othersAreWords =
        few.keySet().stream()
            .allMatch(v -> Truth.of(v) != null || Double.isNaN(NumberSpelling.PLAIN.toDouble(v)));
    if (othersAreWords && spelled(few) * 2 >= present) {
      return LabelRule.SPELLED;
    }
    throw new UnusableFileException(
        "label column '%s' holds %s, expected %s; --positive says which value is yes"
            .formatted(column.name(), shown(few.keySet()), Truth.EXPECTATION));
  }

  private static LabelRule larger(Set<String> values) {
    String positive = "";
    double most = Double.NEGATIVE_INFINITY;
    for (String value : values) {
      double x = NumberSpelling.PLAIN.toDouble(value);
      if (x > most) {
        most = x;
        positive = value.strip();
      }
    }
    String other = positive;
    return LabelRule.value(
        positive,
        values.stream().map(String::strip).filter(v -> !v.equals(other)).findFirst().orElseThrow());
  }

  private static LabelRule rating(ColumnProfile column) {
    double most = column.most();
    double least = column.least();
    if (RATINGS.contains(normal(column.name())) && least >= 0 && (most == 5 || most == 10)) {
      return LabelRule.threshold(most == 5 ? 4 : 8);
    }
    throw new UnusableFileException(
        "label column '%s' holds numbers from %s to %s, expected yes or no (0 or 1); --positive-from makes them so%s, or --positive with one of them"
            .formatted(
                column.name(),
                plain(least),
                plain(most),
                most == 5 ? " (--positive-from 4?)" : ""));
  }

  private static String plain(double x) {
    return x == Math.rint(x) && Math.abs(x) < 1e15 ? String.valueOf((long) x) : String.valueOf(x);
  }

  /** How one or two values are yes and no, or null if they do not say. */
  private static @Nullable LabelRule pairRule(Set<String> values) {
    if (values.stream().allMatch(v -> Truth.of(v) != null)) {
      return LabelRule.SPELLED;
    }
    if (values.size() != 2) {
      return null;
    }
    List<String> both = values.stream().map(String::strip).toList();
    for (int i = 0; i < 2; i++) {
      String negative = both.get(i);
      String positive = both.get(1 - i);
      String lower = negative.toLowerCase(Locale.ROOT);
      String upper = positive.toLowerCase(Locale.ROOT);
      String letters = normal(lower);
      String wanted = PAIRS.get(lower);
      if (upper.equals(wanted)
          || (lower.startsWith("<=")
              && upper.startsWith(">")
              && lower.substring(2).equals(upper.substring(1)))
          || letters.equals("not" + normal(upper))
          || letters.equals("no" + normal(upper))
          || letters.equals("non" + normal(upper))) {
        return LabelRule.value(positive, negative);
      }
    }
    return null;
  }

  /** Whether a column of this name is likely the label. */
  static boolean isName(String name) {
    String normal = normal(name);
    return NAMES.contains(normal) || RATINGS.contains(normal);
  }

  static String normal(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  private static String shown(Set<String> values) {
    StringBuilder shown = new StringBuilder();
    values.stream()
        .limit(6)
        .forEach(
            v ->
                shown
                    .append(shown.length() == 0 ? "'" : ", '")
                    .append(Rejection.shown(v))
                    .append('\''));
    return values.size() > 6 ? shown + " and " + (values.size() - 6) + " more" : shown.toString();
  }
}
