package io.millrace.file;

import io.millrace.file.FileOptions.Option;
import io.millrace.file.decoding.Container;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A random table and a random way to write it: separator, quotes, ends of lines, header, encoding,
 * compression, and spellings of numbers, times, labels and missing values.
 */
final class RandomTable {
  private static final String[] WORDS = {
    "red", "blue", "Köln", "größe", "x y", "Amélie", "a'b", "#1"
  };
  private static final String[] MISSING = {"", "NA", "NULL", "\\N", "nan", "None", "?"};
  private static final String[][] TRUTHS = {
    {"0", "1"}, {"0.0", "1.0"}, {"-1", "+1"}, {"False", "True"}, {"f", "t"}, {"no", "yes"}
  };
  private static final long START = 1_510_047_038_000L;

  final List<String> texts = new ArrayList<>();
  final List<@Nullable Double> numbers = new ArrayList<>();
  final List<@Nullable Long> wholes = new ArrayList<>();
  final List<Long> times = new ArrayList<>();
  final List<List<String>> lists = new ArrayList<>();
  final List<Integer> labels = new ArrayList<>();
  final byte[] plain;
  final byte[] bytes;
  final FileOptions options;
  final String words;

  RandomTable(long seed) throws IOException {
    Random random = new Random(seed);
    int rows = 20 + random.nextInt(60);
    boolean json = random.nextInt(5) == 0;
    String separator = new String[] {",", ";", "\t", "|", "::"}[random.nextInt(5)];
    String split = separator.equals("|") ? ";" : "|";
    boolean decimalComma = separator.equals(";") && random.nextBoolean();
    if (decimalComma) {
      split = "|";
    }
    String end = new String[] {"\n", "\r\n", "\r"}[random.nextInt(3)];
    String missing = MISSING[random.nextInt(MISSING.length)];
    String[] truth = TRUTHS[random.nextInt(TRUTHS.length)];
    int spelling = random.nextInt(5);
    boolean breaks = !json && random.nextInt(3) == 0;
    boolean quoteAll = random.nextInt(4) == 0;
    boolean header = random.nextInt(4) > 0;
    StringBuilder text = new StringBuilder();
    if (header && !json) {
      text.append(String.join(separator, "title", "price", "age", "ts", "genres", "clicked"))
          .append(end);
    }
    for (int r = 0; r < rows; r++) {
      String title = WORDS[random.nextInt(WORDS.length)] + random.nextInt(30);
      if (breaks && random.nextInt(5) == 0) {
        title += "\n\"quoted\" line";
      } else if (!json && random.nextInt(5) == 0) {
        title += separator + "more";
      }
      Double price = random.nextInt(8) == 0 ? null : random.nextInt(100_000) / 8.0 + 0.125;
      Long age = random.nextInt(8) == 0 ? null : (long) random.nextInt(90);
      long time = START + random.nextInt(1_000_000) * 1000L;
      List<String> genres = new ArrayList<>();
      for (int g = 2 + random.nextInt(2); g > 0; g--) {
        genres.add("g" + random.nextInt(4));
      }
      int label = r < 2 ? r : random.nextInt(2);
      texts.add(title);
      numbers.add(price);
      wholes.add(age);
      times.add(time);
      lists.add(genres);
      labels.add(label);
      String priced = price == null ? missing : price.toString();
      String[] cells = {
        title,
        price == null ? missing : decimalComma ? priced.replace('.', ',') : priced,
        age == null ? missing : random.nextInt(3) == 0 ? age + ".0" : age.toString(),
        time(time, spelling),
        String.join(split, genres),
        truth[label]
      };
      text.append(json ? json(cells, genres) : line(cells, separator, quoteAll || breaks))
          .append(end);
    }
    String charset =
        new String[] {"UTF-8", "UTF-8", "ISO-8859-1", "windows-1252", "UTF-16LE", "UTF-16BE"}
            [random.nextInt(6)];
    String mark =
        charset.startsWith("UTF") && (charset.length() > 5 || random.nextBoolean()) ? "\ufeff" : "";
    Container container = Container.values()[random.nextInt(Container.values().length)];
    this.plain = (mark + text).getBytes(Charset.forName(charset));
    this.bytes = Compression.pack(container, plain);
    FileOptions said = FileOptions.NONE;
    if (!header && !json) {
      said = said.with(Option.COLUMNS, "title,price,age,ts,genres,clicked");
    }
    this.options = said;
    this.words =
        "seed %d: %s, %s, %s, separator %s, missing %s, label %s, time %d"
            .formatted(
                seed,
                json ? "json" : "csv",
                charset,
                container,
                separator,
                missing,
                truth[1],
                spelling);
  }

  private static String line(String[] cells, String separator, boolean quoteAll) {
    List<String> written = new ArrayList<>();
    for (String cell : cells) {
      boolean quote =
          quoteAll || cell.contains(separator) || cell.contains("\"") || cell.contains("\n");
      written.add(quote ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
    }
    return String.join(separator, written);
  }

  private static String json(String[] cells, List<String> genres) {
    return "{\"title\":\"%s\",\"price\":\"%s\",\"age\":\"%s\",\"ts\":\"%s\",\"genres\":[\"%s\"],\"clicked\":\"%s\"}"
        .formatted(
            cells[0],
            cells[1].replace("\\", "\\\\"),
            cells[2].replace("\\", "\\\\"),
            cells[3],
            String.join("\",\"", genres),
            cells[5]);
  }

  private static String time(long millis, int spelling) {
    java.time.OffsetDateTime time =
        java.time.Instant.ofEpochMilli(millis).atOffset(java.time.ZoneOffset.ofHours(2));
    return switch (spelling) {
      case 0 -> String.valueOf(millis / 1000);
      case 1 -> String.valueOf(millis);
      case 2 -> String.valueOf(millis * 1000);
      case 3 -> time.toString();
      default ->
          time.withOffsetSameInstant(java.time.ZoneOffset.UTC)
              .format(
                  java.time.format.DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT));
    };
  }
}
