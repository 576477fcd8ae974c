package io.millrace.file;

import io.millrace.feature.CellSpelling;
import io.millrace.feature.InstantSpelling;
import io.millrace.feature.MissingMarkers;
import io.millrace.feature.NumberSpelling;
import io.millrace.feature.Truth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at the cells of one column, and says what they are. */
final class ColumnProfile {
  /** Of a hundred values, so many must be of a type for it to be the column's. */
  private static final double SHARE = 0.99;

  private static final int MOST_DISTINCT = 10_000;
  private static final int MOST_OF_ALL_COLUMNS = 500_000;

  /** Of values beyond those that are counted, one of so many is looked at for all of them. */
  private static final int FURTHER = 16;

  private static final int EXAMPLES = 3;
  private static final String ITEMS = "|;,\u001f ";
  private static final Set<String> TIME_WORDS =
      Set.of(
          "time",
          "timestamp",
          "ts",
          "date",
          "datetime",
          "at",
          "epoch",
          "unix",
          "utc",
          "hour",
          "day",
          "when",
          "dt",
          "timestampms",
          "timestampmillis",
          "timems",
          "eventtime",
          "clicktime",
          "unixtime",
          "millis");
  private static final long EARLIEST = 631_152_000_000L; // 1990
  private static final long LATEST = 4_102_444_800_000L; // 2100

  private final int mostDistinct;
  private String name;
  private long rows;
  private long missing;
  private final Map<String, Long> markers = new LinkedHashMap<>();
  private final Map<String, Long> values = new LinkedHashMap<>();
  private boolean allCounted = true;
  private long further;
  private long whole;
  private long plain;
  private long thousands;
  private long comma;
  private long onlyThousands;
  private long onlyComma;
  private long words;
  private long leadingZero;
  private double least = Double.POSITIVE_INFINITY;
  private double most = Double.NEGATIVE_INFINITY;
  private final Moments[] moments = {new Moments(), new Moments(), new Moments()};
  private final long[] units = new long[InstantSpelling.values().length];
  private final long[] withItems = new long[ITEMS.length()];
  private final long[] items = new long[ITEMS.length()];
  private final List<Set<String>> distinctItems = new ArrayList<>();
  private boolean itemsAreWords = true;
  private boolean itemsAreNumbers = true;
  private boolean commaInNumbers;

  /** Values of several commas that are no number, as lists of ids are. */
  private long commasInNone;

  /**
   * @param columns of the file: what all of them keep is bounded
   */
  ColumnProfile(String name, int columns) {
    this.name = name;
    this.mostDistinct =
        Math.max(200, Math.min(MOST_DISTINCT, MOST_OF_ALL_COLUMNS / Math.max(1, columns)));
    for (int i = 0; i < ITEMS.length(); i++) {
      distinctItems.add(new HashSet<>());
    }
  }

  String name() {
    return name;
  }

  void rename(String other) {
    name = other;
  }

  long rows() {
    return rows;
  }

  /** Rows that came before the column was first seen. */
  void addMissing(long count) {
    rows += count;
    missing += count;
  }

  void add(@Nullable String cell, Set<String> declaredMissing) {
    rows++;
    if (cell == null || cell.isEmpty() || declaredMissing.contains(cell)) {
      missing++;
      return;
    }
    if (MissingMarkers.isMissing(cell)) {
      markers.merge(cell.strip(), 1L, Long::sum);
      return;
    }
    Long seen = values.get(cell);
    if (seen != null) {
      values.put(cell, seen + 1);
    } else if (values.size() < mostDistinct) {
      values.put(cell, 1L);
    } else {
      allCounted = false;
      if (further++ % FURTHER == 0) {
        look(cell, FURTHER);
      }
    }
  }

  /** What each counted value is, as often as it stands there. */
  private void look(String cell, long times) {
    String text = cell.strip();
    double x = NumberSpelling.PLAIN.toDouble(text);
    if (!Double.isNaN(x)) {
      plain += times;
      thousands += times;
      comma += text.indexOf('.') < 0 ? times : 0;
      least = Math.min(least, x);
      most = Math.max(most, x);
      for (Moments each : moments) {
        each.add(x, times);
      }
      boolean longNumber = Math.abs(x) < 9.2e18;
      whole += x == Math.rint(x) && longNumber ? times : 0;
      int digit = text.charAt(0) == '-' ? 1 : 0;
      leadingZero +=
          text.length() > digit + 1
                  && text.charAt(digit) == '0'
                  && Character.isDigit(text.charAt(digit + 1))
              ? times
              : 0;
      if (longNumber) {
        numberAsTime(text, x, times);
      }
    } else if (text.indexOf(',') >= 0 && text.length() < 40) {
      boolean grouped = NumberSpelling.THOUSANDS_COMMA.plain(text) != null;
      boolean decimal = NumberSpelling.DECIMAL_COMMA.plain(text) != null;
      if (grouped) {
        moments[NumberSpelling.THOUSANDS_COMMA.ordinal()].add(
            NumberSpelling.THOUSANDS_COMMA.toDouble(text), times);
      }
      if (decimal) {
        moments[NumberSpelling.DECIMAL_COMMA.ordinal()].add(
            NumberSpelling.DECIMAL_COMMA.toDouble(text), times);
      }
      commaInNumbers |= grouped || decimal;
      commasInNone +=
          !grouped && !decimal && text.indexOf(',') != text.lastIndexOf(',') ? times : 0;
      thousands += grouped ? times : 0;
      comma += decimal ? times : 0;
      onlyThousands += grouped && !decimal ? times : 0;
      onlyComma += decimal && (!grouped || text.startsWith("0,")) ? times : 0;
    } else if (isInfinite(text)) {
      plain += times;
      thousands += times;
      comma += times;
    } else if (text.length() <= 5) {
      words += Truth.of(text) != null ? times : 0;
    }
    if (Double.isNaN(x) && text.length() >= 8 && text.length() <= 40) {
      for (InstantSpelling spelling :
          List.of(
              InstantSpelling.ISO,
              InstantSpelling.MONTH_DAY_YEAR,
              InstantSpelling.DAY_MONTH_YEAR)) {
        units[spelling.ordinal()] += spelling.millis(text) != null ? times : 0;
      }
    }
    lookAtItems(cell, times);
  }

  /**
   * What numbers that are beyond all numbers are written as: of a column of numbers, but rejected.
   */
  private static boolean isInfinite(String text) {
    String word = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
    return word.equalsIgnoreCase("inf") || word.equalsIgnoreCase("infinity");
  }

  private void numberAsTime(String text, double x, long times) {
    InstantSpelling unit = InstantSpelling.byMagnitude((long) x);
    Long millis = unit.millis(text);
    if (millis != null && millis >= EARLIEST && millis < LATEST) {
      units[unit.ordinal()] += times;
    }
    for (InstantSpelling digits : List.of(InstantSpelling.COMPACT, InstantSpelling.YYMMDDHH)) {
      Long time = digits.millis(text);
      if (time != null && time >= EARLIEST && time < LATEST) {
        units[digits.ordinal()] += times;
      }
    }
  }

  private void lookAtItems(String cell, long times) {
    for (int i = 0; i < ITEMS.length(); i++) {
      char c = ITEMS.charAt(i);
      if (cell.indexOf(c) < 0) {
        items[i] += times;
        if (distinctItems.get(i).size() < mostDistinct) {
          distinctItems.get(i).add(cell);
        }
        continue;
      }
      withItems[i] += times;
      for (String item : cell.split(java.util.regex.Pattern.quote(String.valueOf(c)), -1)) {
        items[i] += times;
        itemsAreWords &= c != ',' || (!item.startsWith(" ") && item.length() <= 40);
        itemsAreNumbers &= c != ' ' || NumberSpelling.PLAIN.toLong(item) != null;
        if (distinctItems.get(i).size() < mostDistinct) {
          distinctItems.get(i).add(item);
        }
      }
    }
  }

  /** Values with how often they stand there, in the order of the file; none if there are many. */
  Map<String, Long> few(int atMost) {
    return allCounted && values.size() <= atMost ? values : Map.of();
  }

  Map<String, Long> values() {
    return values;
  }

  boolean allCounted() {
    return allCounted;
  }

  long markerRows() {
    return markers.values().stream().mapToLong(Long::longValue).sum();
  }

  double least() {
    return least;
  }

  double most() {
    return most;
  }

  private boolean looked;

  /** Looks at what was counted; called once, after the last cell. */
  private void finish() {
    if (!looked) {
      looked = true;
      values.forEach(this::look);
    }
  }

  /** Whether most values are numbers, however these are written. */
  boolean numeric() {
    finish();
    long present = present();
    return present > 0 && Math.max(plain, Math.max(comma, thousands)) >= SHARE * present;
  }

  /** Whether most values are numbers, booleans or times, and are none of a text. */
  boolean typed() {
    finish();
    long present = present();
    return present > 0 && (numeric() || words >= SHARE * present || units[0] >= SHARE * present);
  }

  private long present() {
    return rows - missing - markerRows();
  }

  /**
   * What the column is.
   *
   * @param type that the user says, or null
   * @param decimalComma what the file's other columns say of commas, or null for nothing
   * @param split that the user says, or null
   */
  Column column(
      @Nullable ColumnType type,
      @Nullable Boolean decimalComma,
      @Nullable String split,
      @Nullable InstantSpelling time) {
    finish();
    long present = present();
    NumberSpelling numbers = numberSpelling(decimalComma);
    InstantSpelling instants = time != null ? time : instantSpelling(present);
    String items =
        split != null ? split : type == null || type == ColumnType.LIST ? split(present) : null;
    ColumnType found =
        type != null
            ? type
            : split != null ? ColumnType.LIST : type(present, numbers, instants, items);
    boolean text = found == ColumnType.TEXT || found == ColumnType.LIST;
    return new Column(
        name,
        found,
        new CellSpelling(
            numbers, instants, found == ColumnType.LIST ? (items == null ? "|" : items) : null),
        rows,
        missing + (text && present > 0 ? 0 : markerRows()),
        values.size() + (text ? markers.size() : 0),
        allCounted,
        markers.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .map(Map.Entry::getKey)
            .toList(),
        values.keySet().stream().limit(EXAMPLES).toList(),
        moments[numbers.ordinal()].mean(),
        moments[numbers.ordinal()].deviation(),
        null);
  }

  private ColumnType type(
      long present, NumberSpelling numbers, InstantSpelling instants, @Nullable String items) {
    if (present == 0) {
      return ColumnType.TEXT;
    }
    double enough = SHARE * present;
    if (isTime(instants, enough)) {
      return ColumnType.INSTANT;
    }
    long parsed =
        switch (numbers) {
          case PLAIN -> plain;
          case THOUSANDS_COMMA -> thousands;
          case DECIMAL_COMMA -> comma;
        };
    if (parsed >= enough) {
      boolean code =
          leadingZero > 0
              || (plain == parsed
                  && Math.max(Math.abs(least), Math.abs(most)) >= 9.2e18
                  && most == Math.rint(most));
      return code
          ? ColumnType.TEXT
          : numbers == NumberSpelling.PLAIN && whole == plain
              ? ColumnType.WHOLE
              : ColumnType.NUMBER;
    }
    if (words + whole >= enough && values.keySet().stream().allMatch(v -> Truth.of(v) != null)) {
      return ColumnType.BOOLEAN;
    }
    return items != null ? ColumnType.LIST : ColumnType.TEXT;
  }

  private boolean isTime(InstantSpelling instants, double enough) {
    long texts = units[InstantSpelling.ISO.ordinal()];
    long dates =
        Math.max(
            texts,
            Math.max(
                units[InstantSpelling.MONTH_DAY_YEAR.ordinal()],
                units[InstantSpelling.DAY_MONTH_YEAR.ordinal()]));
    if (dates >= enough) {
      return true;
    }
    return namedLikeTime()
        && switch (instants) {
          case COMPACT, YYMMDDHH -> units[instants.ordinal()] >= enough;
          default -> texts + epochs() >= enough;
        };
  }

  private long epochs() {
    return units[InstantSpelling.SECONDS.ordinal()]
        + units[InstantSpelling.MILLIS.ordinal()]
        + units[InstantSpelling.MICROS.ordinal()]
        + units[InstantSpelling.NANOS.ordinal()];
  }

  private boolean namedLikeTime() {
    String lower = name.strip().toLowerCase(Locale.ROOT);
    if (TIME_WORDS.contains(lower.replaceAll("[^a-z]", ""))) {
      return true;
    }
    for (String word :
        name.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT).split("[^a-z]+")) {
      if (TIME_WORDS.contains(word)) {
        return true;
      }
    }
    return false;
  }

  private InstantSpelling instantSpelling(long present) {
    double enough = SHARE * present;
    long iso = units[InstantSpelling.ISO.ordinal()];
    if (present == 0 || iso >= enough) {
      return InstantSpelling.ISO;
    }
    long monthFirst = units[InstantSpelling.MONTH_DAY_YEAR.ordinal()];
    long dayFirst = units[InstantSpelling.DAY_MONTH_YEAR.ordinal()];
    if (Math.max(monthFirst, dayFirst) >= enough) {
      return monthFirst >= dayFirst
          ? InstantSpelling.MONTH_DAY_YEAR
          : InstantSpelling.DAY_MONTH_YEAR;
    }
    long compact = units[InstantSpelling.COMPACT.ordinal()];
    long hours = units[InstantSpelling.YYMMDDHH.ordinal()];
    if (compact >= enough && compact > epochs()) {
      return InstantSpelling.COMPACT;
    }
    if (hours >= enough && hours > epochs()) {
      return InstantSpelling.YYMMDDHH;
    }
    for (InstantSpelling unit :
        List.of(
            InstantSpelling.SECONDS,
            InstantSpelling.MILLIS,
            InstantSpelling.MICROS,
            InstantSpelling.NANOS)) {
      if (units[unit.ordinal()] > 0 && units[unit.ordinal()] == epochs()) {
        return units[unit.ordinal()] + iso >= enough ? unit : InstantSpelling.MILLIS;
      }
    }
    return epochs() + iso >= enough ? InstantSpelling.BY_MAGNITUDE : InstantSpelling.MILLIS;
  }

  /** Whether day and month of a slashed date cannot be told apart. */
  boolean dayOrMonth() {
    long monthFirst = units[InstantSpelling.MONTH_DAY_YEAR.ordinal()];
    return monthFirst > 0 && monthFirst == units[InstantSpelling.DAY_MONTH_YEAR.ordinal()];
  }

  /** What the column's own values say of a comma: decimal, of thousands, or null. */
  @Nullable Boolean comma() {
    finish();
    long present = present();
    if (onlyComma > 0 && onlyThousands == 0 && comma >= SHARE * present) {
      return true;
    }
    return onlyThousands > 0 && onlyComma == 0 && thousands >= SHARE * present
        ? Boolean.FALSE
        : null;
  }

  private NumberSpelling numberSpelling(@Nullable Boolean file) {
    Boolean own = comma();
    Boolean decides = own != null ? own : onlyComma == 0 || onlyThousands == 0 ? file : null;
    if (decides == null || plain >= present()) {
      return NumberSpelling.PLAIN;
    }
    return decides ? NumberSpelling.DECIMAL_COMMA : NumberSpelling.THOUSANDS_COMMA;
  }

  /** Whether commas stand between items, rather than in numbers. */
  private boolean commasSeparate(long withCommas) {
    return !commaInNumbers || commasInNone * 20 >= withCommas;
  }

  private @Nullable String split(long present) {
    for (int i = 0; i < ITEMS.length(); i++) {
      char c = ITEMS.charAt(i);
      boolean often = withItems[i] >= Math.max(1, present / 20);
      int distinct = distinctItems.get(i).size();
      boolean recur = distinct < mostDistinct && items[i] >= 2L * distinct;
      if (c == '\u001f'
          ? withItems[i] > 0
          : often
              && recur
              && (c != ',' || (itemsAreWords && commasSeparate(withItems[i])))
              && (c != ' ' || itemsAreNumbers)) {
        return String.valueOf(c);
      }
    }
    return null;
  }
}
