package io.millrace.file;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which columns lines of pairs have. A field or namespace of at most one feature a line, all of
 * value 1, is a column of texts; one of few features with other values has a column of numbers for
 * each; any other is a column of lists of tokens. libsvm's lines of equally many pairs of value 1
 * have a column per place, as the benchmarks in this format mean it.
 *
 * @param columns behind the label and, if there are any, the tags
 */
record SparseLayout(boolean tags, boolean places, List<Slot> columns) {
  /** What separates tokens in a cell. */
  private static final char ITEM = JsonSource.ITEM;

  /** The column of features that belong to no field or namespace. */
  static final String ALL = "features";

  private static final int MOST_NUMBERS = 512;
  private static final int MOST_TOKENS = 4096;
  private static final int MOST_PLACES = 1_000;

  /**
   * A column.
   *
   * @param group whose features it holds
   * @param token the only feature, whose value is the cell, or null for all of the group
   */
  record Slot(String name, String group, @Nullable String token) {}

  SparseLayout {
    columns = List.copyOf(columns);
  }

  /** The names of all columns, the label first. */
  List<String> names() {
    List<String> names = new ArrayList<>(List.of("label"));
    if (tags) {
      names.add("tag");
    }
    columns.forEach(slot -> names.add(slot.name()));
    return names;
  }

  /** The cells of a line, or what is wrong with it. */
  @Nullable String[] cells(SparseLine line, Map<String, Integer> index) throws SparseLine.BadLine {
    int from = tags ? 2 : 1;
    @Nullable String[] cells = new String[from + columns.size()];
    cells[0] = line.label();
    if (tags) {
      cells[1] = line.tag();
    }
    if (places) {
      if (line.pairs().size() != columns.size()) {
        throw new SparseLine.BadLine(
            "%d id:value pairs, expected %d".formatted(line.pairs().size(), columns.size()));
      }
      for (int k = 0; k < columns.size(); k++) {
        SparseLine.Pair pair = line.pairs().get(k);
        if (pair.value() != 1) {
          throw new SparseLine.BadLine(
              "pair '%s:%s', expected id:1".formatted(pair.token(), number(pair.value())));
        }
        cells[from + k] = pair.token();
      }
      return cells;
    }
    for (SparseLine.Pair pair : line.pairs()) {
      Integer own = index.get(pair.group() + ITEM + pair.token());
      if (own != null) {
        cells[from + own] = number(pair.value());
        continue;
      }
      Integer all = index.get(pair.group());
      if (all != null) {
        String token = token(pair);
        String held = cells[from + all];
        cells[from + all] = held == null ? token : held + ITEM + token;
      }
    }
    return cells;
  }

  /** Where a pair's cell is, by its group, or by group and token. */
  Map<String, Integer> index() {
    Map<String, Integer> index = new HashMap<>();
    for (int c = 0; c < columns.size(); c++) {
      Slot slot = columns.get(c);
      index.put(slot.token() == null ? slot.group() : slot.group() + ITEM + slot.token(), c);
    }
    return index;
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.valueOf((long) value)
        : String.valueOf(value);
  }

  private static String token(SparseLine.Pair pair) {
    return (pair.value() == 1 ? pair.token() : pair.token() + ":" + rounded(pair.value()))
        .replace(ITEM, ' ');
  }

  /** A value as part of a token: to two digits, so that near values are one token. */
  private static String rounded(double value) {
    return new BigDecimal(value).round(new MathContext(2)).stripTrailingZeros().toString();
  }

  /** Looks at lines, and says which columns they have. */
  static final class Finder {
    private final FileFormat format;
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private boolean tags;
    private long lines;
    private int leastPairs = Integer.MAX_VALUE;
    private int mostPairs;
    private boolean allOne = true;
    private final Map<Integer, Long> pairCounts = new HashMap<>();
    private long weighted;
    private long based;

    Finder(FileFormat format) {
      this.format = format;
    }

    private static final class Group {
      private final Set<String> tokens = new HashSet<>();
      private int mostPerLine;
      private boolean allOne = true;
      private @Nullable String valued;
    }

    /** Looks at a line; true if it has a group, or one of a group's first features, anew. */
    boolean add(SparseLine line) {
      boolean anew = false;
      lines++;
      tags |= line.tag() != null;
      weighted += line.importance() != 1 ? 1 : 0;
      based += line.based() ? 1 : 0;
      int pairs = line.pairs().size();
      pairCounts.merge(pairs, 1L, Long::sum);
      leastPairs = Math.min(leastPairs, pairs);
      mostPairs = Math.max(mostPairs, pairs);
      Map<String, Integer> perGroup = new HashMap<>();
      for (SparseLine.Pair pair : line.pairs()) {
        Group group = groups.get(pair.group());
        if (group == null) {
          group = new Group();
          groups.put(pair.group(), group);
          anew = true;
        }
        if (group.tokens.size() < MOST_TOKENS) {
          anew |= group.tokens.add(pair.token()) && group.tokens.size() <= MOST_NUMBERS;
        }
        group.allOne &= pair.value() == 1;
        if (pair.value() != 1 && group.valued == null) {
          group.valued = token(pair);
        }
        allOne &= pair.value() == 1;
        int count = perGroup.merge(pair.group(), 1, Integer::sum);
        group.mostPerLine = Math.max(group.mostPerLine, count);
      }
      return anew;
    }

    /**
     * The columns.
     *
     * @param wanted pairs of a line where the k-th is the k-th feature, or 0 to find that out
     * @param schema columns that a schema names
     */
    SparseLayout layout(int wanted, SparseColumns schema) {
      boolean equal = leastPairs == mostPairs && allOne && !schema.byId();
      boolean said = wanted > 0 && pairCounts.getOrDefault(wanted, 0L) * 2 >= lines;
      int usual = said ? wanted : mostPairs;
      if (format == FileFormat.LIBSVM && (equal || said) && usual > 0 && usual <= MOST_PLACES) {
        List<Slot> places = new ArrayList<>();
        for (int k = 0; k < usual; k++) {
          places.add(new Slot("f" + k, "", null));
        }
        return new SparseLayout(tags, true, places);
      }
      List<Slot> columns = new ArrayList<>();
      List<String> names = new ArrayList<>(groups.keySet());
      if (format == FileFormat.LIBFFM) {
        names.sort(SparseLayout::byNumber);
      }
      for (String name : names) {
        Group group = groups.get(name);
        if (group != null) {
          add(name, group, schema, columns);
        }
      }
      Set<String> found = new HashSet<>();
      columns.forEach(slot -> found.add(slot.name()));
      for (String name : schema.mayBeAbsent(format)) {
        if (found.add(name)) {
          columns.add(new Slot(name, ITEM + name, null));
        }
      }
      return new SparseLayout(tags, false, columns);
    }

    private void add(String name, Group group, SparseColumns schema, List<Slot> columns) {
      String all = name.isEmpty() ? ALL : prefix() + name;
      List<String> wanted = schema.tokens(format, name, groups.keySet(), group.tokens);
      boolean few = group.tokens.size() <= MOST_NUMBERS;
      boolean numbers = !wanted.isEmpty() || schema.numbers().contains(all);
      if (schema.others().contains(all) || !(numbers || (few && !group.allOne))) {
        columns.add(new Slot(all, name, null));
        return;
      }
      Set<String> tokens = new TreeSet<>(SparseLayout::byNumber);
      tokens.addAll(wanted);
      if (few) {
        tokens.addAll(group.tokens);
      } else {
        // Those that no column is wanted of.
        columns.add(new Slot(all, name, null));
      }
      boolean one = tokens.size() == 1 && few && format == FileFormat.LIBFFM && wanted.isEmpty();
      for (String token : tokens) {
        columns.add(new Slot(one ? all : SparseColumns.prefix(format, name) + token, name, token));
      }
    }

    /** What of the lines that were looked at is not learned as it stands there. */
    List<String> notes(SparseLayout layout) {
      List<String> notes = new ArrayList<>();
      if (weighted > 0) {
        notes.add(
            "%d of %d rows have an importance weight other than 1, which is not used: each row counts once"
                .formatted(weighted, lines));
      }
      if (based > 0) {
        notes.add(
            "%d of %d rows have a base prediction, which is not used".formatted(based, lines));
      }
      for (Slot slot : layout.places() ? List.<Slot>of() : layout.columns()) {
        Group group = groups.get(slot.group());
        if (slot.token() == null && group != null && group.valued != null) {
          notes.add(
              "column '%s': a value other than 1 is part of its token, to two digits ('%s')"
                  .formatted(slot.name(), Rejection.shown(group.valued)));
        }
      }
      return notes;
    }

    private String prefix() {
      return format == FileFormat.LIBFFM ? "f" : "";
    }
  }

  private static int byNumber(String a, String b) {
    boolean numbers = a.matches("[0-9]{1,9}") && b.matches("[0-9]{1,9}");
    return numbers ? Integer.compare(Integer.parseInt(a), Integer.parseInt(b)) : a.compareTo(b);
  }
}
