package io.millrace.file;

import io.millrace.file.FileOptions.Option;
import io.millrace.file.decoding.UnusableFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names a file's columns, each once; what was made up is noted. */
final class ColumnNames {
  private final Path file;
  private final FileOptions options;
  private final List<String> notes;

  ColumnNames(Path file, FileOptions options, List<String> notes) {
    this.file = file;
    this.options = options;
    this.notes = notes;
  }

  /**
   * The names of a delimited file's columns: those that the user says, of the header, or made up.
   *
   * @param rows the first ones, the header among them
   */
  List<String> of(
      @Nullable String[] header, int width, List<@Nullable String[]> rows, boolean hasHeader) {
    List<String> given = options.list(Option.COLUMNS);
    if (!given.isEmpty()) {
      if (given.size() != width) {
        throw new UnusableFileException(
            "--columns names %d columns, expected %d as the file has"
                .formatted(given.size(), width));
      }
      return unique(given);
    }
    if (!hasHeader) {
      List<String> names = new ArrayList<>();
      for (int c = 1; c <= width; c++) {
        names.add("c" + c);
      }
      return names;
    }
    List<String> names = new ArrayList<>();
    for (String name : header) {
      names.add(name == null ? "" : name.strip());
    }
    if (names.size() + 1 == width) {
      boolean lastIsEmpty =
          rows.stream()
              .skip(1)
              .filter(row -> row.length == width)
              .allMatch(row -> String.valueOf(row[width - 1]).isBlank());
      names.add(lastIsEmpty ? width - 1 : 0, lastIsEmpty ? "" : "row");
      notes.add(
          lastIsEmpty
              ? "each row ends in a separator: a last column without name or value"
              : "the header has one column less than the rows: the first is taken for names of rows");
    } else if (names.size() != width) {
      throw new UnusableFileException(
          "%s: the header has %d columns and most rows have %d, expected as many"
              .formatted(file, names.size(), width));
    }
    return unique(names);
  }

  /** The same names; a second one of a name gets a number. */
  List<String> unique(List<String> names) {
    List<String> unique = new ArrayList<>();
    for (int c = 0; c < names.size(); c++) {
      String name = names.get(c).isEmpty() ? "column" + (c + 1) : names.get(c);
      String other = name;
      for (int k = 2; unique.contains(other); k++) {
        other = name + "_" + k;
      }
      if (!other.equals(name)) {
        notes.add("a second column '%s' is called '%s'".formatted(name, other));
      }
      unique.add(other);
    }
    return unique;
  }

  /** Gives the columns of files that everybody has, and that have no header, their names. */
  boolean wellKnown(List<ColumnProfile> profiles) {
    if (profiles.size() == 4
        && profiles.get(2).numeric()
        && profiles.get(2).least() >= 0.5
        && profiles.get(2).most() <= 5
        && !profiles.get(2).few(10).isEmpty()
        && profiles.get(3).numeric()
        && profiles.get(3).least() > 6e8
        && profiles.get(3).most() < 4e9) {
      rename(profiles, List.of("user", "item", "rating", "timestamp"), "ratings of MovieLens");
      return true;
    } else if (profiles.size() == 40
        && !profiles.get(0).few(2).isEmpty()
        && profiles.get(0).numeric()
        && profiles.get(39).few(1).keySet().stream().allMatch(v -> v.matches("[0-9a-f]{8}"))
        && profiles.get(14).values().keySet().stream().allMatch(v -> v.matches("[0-9a-f]{8}"))) {
      List<String> names = new ArrayList<>(List.of("label"));
      for (int i = 1; i <= 13; i++) {
        names.add("I" + i);
      }
      for (int i = 1; i <= 26; i++) {
        names.add("C" + i);
      }
      rename(profiles, names, "Criteo's display advertising");
      return true;
    }
    return false;
  }

  private void rename(List<ColumnProfile> profiles, List<String> names, String of) {
    for (int c = 0; c < names.size(); c++) {
      profiles.get(c).rename(names.get(c));
    }
    notes.add(
        "columns are named as those of %s: %s"
            .formatted(of, String.join(", ", names.subList(0, 4))));
  }
}
