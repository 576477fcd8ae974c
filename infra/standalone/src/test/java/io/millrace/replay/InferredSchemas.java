package io.millrace.replay;

import io.millrace.model.Sigmoid;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes made-up files in the form of those of Avazu, iPinYou and Open Bandit, each beside a schema
 * as a person writes it who knows what the columns mean ({@code
 * docs/research/inferred-schemas.md}). Arguments: a folder and a number of rows.
 */
final class InferredSchemas {
  private static final String CATEGORICAL = "categorical";
  private static final String NUMERIC = "numeric";

  private final Path folder;
  private final int rows;

  private InferredSchemas(Path folder, int rows) {
    this.folder = folder;
    this.rows = rows;
  }

  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    InferredSchemas files = new InferredSchemas(folder, Integer.parseInt(args[1]));
    files.avazu();
    files.ipinyou();
    files.openBandit();
  }

  /** Effects of the values of a field on the logit, drawn once. */
  private static double[] effects(SplittableRandom random, int values, double size) {
    return random
        .doubles(values)
        .map(u -> size * Sigmoid.inverse(0.001 + 0.998 * u) / 1.8)
        .toArray();
  }

  /** A value by a power law: low ones are frequent. */
  private static int often(SplittableRandom random, int values) {
    return (int) Math.floor(values * Math.pow(random.nextDouble(), 3));
  }

  private static String hex(String kind, int value) {
    return String.format(Locale.ROOT, "%08x", (kind + value).hashCode() * 0x9e3779b9);
  }

  private static int drawn(SplittableRandom random, double logit) {
    return random.nextDouble() < Sigmoid.of(logit) ? 1 : 0;
  }

  private void write(String name, String header, IntFunction<String> row) throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(folder.resolve(name))) {
      writer.write(header + "\n");
      for (int i = 0; i < rows; i++) {
        writer.write(row.apply(i) + "\n");
      }
    }
  }

  /** A field of a schema: null where the cell is empty. */
  private static String field(String name, String type, String kind, String more) {
    return "{\"name\":\"%s\",\"column\":\"%s\",\"type\":[\"null\",\"%s\"],\"default\":null,\"feature\":{\"kind\":\"%s\"%s}}"
        .formatted(name.replace('-', '_'), name, type, kind, more);
  }

  private static String time(String column) {
    return "{\"name\":\"%s\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"feature\":{\"kind\":\"categorical\",\"transform\":\"hour_of_day\"}}"
        .formatted(column);
  }

  private void schema(String name, String time, List<String> fields) throws IOException {
    List<String> all = new ArrayList<>();
    all.add("{\"name\":\"impression_id\",\"type\":\"string\"}");
    all.add(time(time));
    all.addAll(fields);
    Files.writeString(
        folder.resolve(name),
        "{\"type\":\"record\",\"name\":\"Impression\",\"namespace\":\"hand\",\"millrace\":{\"id\":\"impression_id\",\"time\":\"%s\"},\"fields\":[%n%s]}%n"
            .formatted(time, String.join(",\n", all)));
  }

  private static List<String> categories(String... names) {
    return List.of(names).stream()
        .map(name -> field(name, "string", CATEGORICAL, ""))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private void avazu() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    double[] site = effects(random, 400, 0.8);
    double[] device = effects(random, 300, 0.4);
    double[] ad = effects(random, 120, 0.7);
    double[] hour = effects(random, 24, 0.3);
    double[] cross = effects(random, 7 * 20, 0.6);
    write(
        "avazu.csv",
        "id,click,hour,C1,banner_pos,site_id,site_domain,site_category,app_id,app_domain,app_category,device_id,device_ip,device_model,device_type,device_conn_type,C14,C15,C16,C17,C18,C19,C20,C21",
        i -> {
          int s = often(random, site.length);
          int d = often(random, device.length);
          int a = often(random, ad.length);
          int position = random.nextInt(10) < 7 ? 0 : 1;
          int h = (int) (240L * i / rows);
          double logit =
              -1.9
                  + site[s]
                  + device[d]
                  + ad[a]
                  + hour[h % 24]
                  + cross[s % 7 * 20 + a % 20]
                  - 0.4 * position;
          return String.join(
              ",",
              Long.toUnsignedString(random.nextLong()),
              String.valueOf(drawn(random, logit)),
              String.valueOf(14102100 + h / 24 * 100 + h % 24),
              "100" + (5 + random.nextInt(3)),
              String.valueOf(position),
              hex("site", s),
              hex("domain", s % 150),
              hex("category", s % 7),
              hex("app", random.nextInt(60)),
              hex("app-domain", random.nextInt(20)),
              hex("app-category", random.nextInt(8)),
              random.nextInt(4) > 0 ? "a99f214a" : hex("device", random.nextInt(5000)),
              hex("ip", random.nextInt(20_000)),
              hex("model", d),
              String.valueOf(random.nextInt(3)),
              String.valueOf(random.nextInt(3)),
              String.valueOf(15_700 + a * 13),
              "320",
              random.nextBoolean() ? "50" : "250",
              String.valueOf(1700 + a % 60),
              String.valueOf(a % 4),
              String.valueOf(35 + a % 30),
              random.nextInt(2) == 0 ? "-1" : String.valueOf(100_000 + random.nextInt(120)),
              String.valueOf(a % 50));
        });
    schema(
        "avazu.avsc",
        "hour",
        categories(
            "C1",
            "banner_pos",
            "site_id",
            "site_domain",
            "site_category",
            "app_id",
            "app_domain",
            "app_category",
            "device_id",
            "device_ip",
            "device_model",
            "device_type",
            "device_conn_type",
            "C14",
            "C15",
            "C16",
            "C17",
            "C18",
            "C19",
            "C20",
            "C21"));
  }

  private void ipinyou() throws IOException {
    SplittableRandom random = new SplittableRandom(2);
    DateTimeFormatter millis =
        DateTimeFormatter.ofPattern("yyyyMMddHHmmssSSS", Locale.ROOT).withZone(ZoneOffset.UTC);
    double[] domain = effects(random, 500, 0.7);
    double[] creative = effects(random, 60, 0.7);
    double[] tag = effects(random, 40, 0.8);
    double[] city = effects(random, 300, 0.3);
    long start = Instant.parse("2013-06-06T00:00:00Z").toEpochMilli();
    int[] widths = {300, 728, 160, 336, 1000};
    int[] heights = {250, 90, 600, 280, 90};
    write(
        "ipinyou.tsv",
        "click\tweekday\thour\tbidid\ttimestamp\tlogtype\tipinyouid\tuseragent\tIP\tregion\tcity\tadexchange\tdomain\turl\turlid\tslotid\tslotwidth\tslotheight\tslotvisibility\tslotformat\tslotprice\tcreative\tkeypage\tadvertiser\tusertag",
        i -> {
          Instant at = Instant.ofEpochMilli(start + i * 10_000L + random.nextInt(10_000));
          int d = often(random, domain.length);
          int c = often(random, creative.length);
          int t = often(random, city.length);
          int size = often(random, widths.length);
          int price = random.nextInt(3) == 0 ? random.nextInt(300) : 5 * random.nextInt(4);
          int[] tags = random.ints(random.nextInt(5), 0, tag.length).sorted().distinct().toArray();
          double logit = -2.4 + domain[d] + creative[c] + city[t] + 0.3 * Math.log1p(price / 10.0);
          for (int one : tags) {
            logit += tag[one];
          }
          var time = at.atZone(ZoneOffset.UTC);
          return String.join(
              "\t",
              String.valueOf(drawn(random, logit)),
              String.valueOf(time.getDayOfWeek().getValue() % 7),
              String.format(Locale.ROOT, "%02d", time.getHour()),
              hex("bid", i) + hex("request", i),
              millis.format(at),
              "1",
              hex("user", random.nextInt(9_000)),
              List.of("windows_ie", "windows_chrome", "mac_safari", "android_other")
                  .get(random.nextInt(4)),
              "%d.%d.%d.*"
                  .formatted(1 + random.nextInt(200), random.nextInt(256), random.nextInt(256)),
              String.valueOf(t % 35),
              String.valueOf(t),
              String.valueOf(1 + random.nextInt(3)),
              hex("domain", d),
              hex("url", d * 7 + random.nextInt(7)),
              "null",
              "mm_" + d + "_" + size,
              String.valueOf(widths[size]),
              String.valueOf(heights[size]),
              List.of("FirstView", "SecondView", "Na").get(random.nextInt(3)),
              List.of("Fixed", "Pop", "Na").get(random.nextInt(3)),
              String.valueOf(price),
              hex("creative", c),
              hex("page", c % 5),
              String.valueOf(1458 + c % 9 * 400),
              tags.length == 0
                  ? "null"
                  : IntStream.of(tags)
                      .mapToObj(one -> String.valueOf(10006 + one * 7))
                      .collect(Collectors.joining(",")));
        });
    List<String> fields =
        categories(
            "weekday",
            "ipinyouid",
            "useragent",
            "IP",
            "region",
            "city",
            "adexchange",
            "domain",
            "url",
            "slotid",
            "slotwidth",
            "slotheight",
            "slotvisibility",
            "slotformat",
            "creative",
            "keypage",
            "advertiser");
    fields.add(field("slotprice", "double", NUMERIC, ""));
    fields.add(
        "{\"name\":\"usertag\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"default\":[],\"missing\":[\"null\"],\"feature\":{\"kind\":\"sequence\",\"split\":\",\"}}");
    schema("ipinyou.avsc", "timestamp", fields);
  }

  private void openBandit() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    double[] item = effects(random, 80, 0.8);
    double[] user = effects(random, 60, 0.6);
    double[] cross = effects(random, 10 * 80, 0.6);
    String affinities =
        IntStream.range(0, 20)
            .mapToObj(k -> "user-item_affinity_" + k)
            .collect(Collectors.joining(","));
    Instant start = Instant.parse("2019-11-24T00:00:00Z");
    write(
        "open-bandit.csv",
        ",timestamp,item_id,position,click,propensity_score,user_feature_0,user_feature_1,user_feature_2,user_feature_3,"
            + affinities,
        i -> {
          int a = random.nextInt(item.length);
          int u = often(random, user.length);
          int position = 1 + random.nextInt(3);
          StringBuilder row = new StringBuilder();
          double affinity = 0;
          for (int k = 0; k < 20; k++) {
            int x = random.nextInt(20) == 0 ? 1 + random.nextInt(3) : 0;
            affinity += k == a % 20 ? 0.8 * x : 0;
            row.append(",").append(x).append(".0");
          }
          double logit =
              -2.5 + item[a] + user[u] + cross[u % 10 * 80 + a] + affinity - 0.2 * position;
          Instant at = start.plusMillis(i * 15_000L + random.nextInt(15_000));
          return "%d,%s%06d+00:00,%d,%d,%d,0.0125,%s,%s,%s,%s%s"
              .formatted(
                  i,
                  at.toString().substring(0, 19).replace('T', ' ') + ".",
                  random.nextInt(1_000_000),
                  a,
                  position,
                  drawn(random, logit),
                  hex("u0", u % 4),
                  hex("u1", u % 6),
                  hex("u2", u % 10),
                  hex("u3", u),
                  row);
        });
    List<String> fields =
        categories(
            "item_id",
            "position",
            "user_feature_0",
            "user_feature_1",
            "user_feature_2",
            "user_feature_3");
    for (int k = 0; k < 20; k++) {
      fields.add(field("user-item_affinity_" + k, "double", NUMERIC, ""));
    }
    schema("open-bandit.avsc", "timestamp", fields);
  }
}
