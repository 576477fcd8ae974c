package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Tables of figures are those of their files: under the line {@code <!-- table: data/x.csv -->} a
 * page shows the rows of that file, which lies beside the page. No cell holds a comma, so that a
 * row is split at commas without quotes.
 */
class DocsTablesTest {
  private static final Pattern MARK = Pattern.compile("<!-- table: (\\S+) -->");
  private static final Pattern FILE = Pattern.compile("\\bdata/[a-z0-9-]+\\.csv\\b");
  private static final Pattern FIGURE = Pattern.compile("[+-]?\\.?\\d.*");

  /** A page may show so many figures in a table without a file. */
  private static final int FEW = 10;

  private record Table(String name, List<List<String>> rows) {}

  /** The tables of a page; the name is the file of a marked one, empty of others. */
  private static List<Table> tables(Path page) throws IOException {
    List<Table> tables = new ArrayList<>();
    List<String> lines = Files.readAllLines(page);
    for (int at = 0; at < lines.size(); at++) {
      Matcher mark = MARK.matcher(lines.get(at));
      boolean marked = mark.matches();
      int first = marked ? at + 1 : at;
      int end = first;
      while (end < lines.size() && lines.get(end).startsWith("|")) {
        end++;
      }
      if (marked || end > first) {
        tables.add(new Table(marked ? mark.group(1) : "", rows(lines.subList(first, end))));
        at = end - 1;
      }
    }
    return tables;
  }

  /** Head and body; the second line is the rule between them. */
  private static List<List<String>> rows(List<String> lines) {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (i != 1) {
        rows.add(cells(lines.get(i)));
      }
    }
    return rows;
  }

  private static List<String> cells(String line) {
    String inside = line.substring(1, line.lastIndexOf('|'));
    return Stream.of(inside.split("\\|", -1)).map(String::strip).toList();
  }

  private static List<List<String>> file(Path file) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      rows.add(List.of(line.split(",", -1)));
    }
    return rows;
  }

  @Test
  void markedTablesAreThoseOfTheirFiles() throws IOException {
    int marked = 0;
    for (Path page : DocsTest.pages()) {
      for (Table table : tables(page)) {
        if (!table.name().isEmpty()) {
          marked++;
          assertThat(table.rows())
              .as("%s shows %s", DocsTest.ROOT.relativize(page), table.name())
              .isEqualTo(file(page.resolveSibling(table.name())));
        }
      }
    }
    assertThat(marked).isPositive();
  }

  @Test
  void experimentsShowManyFiguresFromFilesOnly() throws IOException {
    List<String> unmarked = new ArrayList<>();
    for (Path page : DocsTest.pages()) {
      if (!page.startsWith(DocsTest.ROOT.resolve("docs/research"))) {
        continue;
      }
      for (Table table : tables(page)) {
        long figures =
            table.rows().stream()
                .flatMap(List::stream)
                .filter(cell -> FIGURE.matcher(cell).matches())
                .count();
        if (table.name().isEmpty() && figures > FEW) {
          unmarked.add(DocsTest.ROOT.relativize(page) + ": " + table.rows().get(0));
        }
      }
    }
    assertThat(unmarked).isEmpty();
  }

  @Test
  void eachFileOfFiguresIsNamedByAPage() throws IOException {
    List<Path> named = new ArrayList<>();
    for (Path page : DocsTest.pages()) {
      Matcher matcher = FILE.matcher(Files.readString(page));
      while (matcher.find()) {
        named.add(page.resolveSibling(matcher.group()));
      }
    }
    try (Stream<Path> docs = Files.walk(DocsTest.ROOT.resolve("docs"))) {
      assertThat(docs.filter(file -> file.toString().endsWith(".csv"))).isSubsetOf(named);
    }
  }
}
