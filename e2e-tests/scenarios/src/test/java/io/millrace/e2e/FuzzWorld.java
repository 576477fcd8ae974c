package io.millrace.e2e;

import io.millrace.feature.FeatureRecords;
import io.millrace.feature.FeatureSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Impressions with known click probabilities, on a schema with features of every kind. */
final class FuzzWorld {
  static final String SCHEMA_TEXT =
      """
      {"type":"record","name":"FuzzImpression","namespace":"io.millrace.fuzz",
       "millrace":{"id":"impression_id","time":"event_time","table":{"rows":65536,"dim":8},
        "crosses":[{"name":"device_ad","fields":["device","ad"]}]},
       "fields":[
        {"name":"impression_id","type":"string"},
        {"name":"event_time","type":{"type":"long","logicalType":"timestamp-millis"}},
        {"name":"user","type":"string","feature":{"kind":"categorical"}},
        {"name":"ad","type":"string","feature":{"kind":"categorical"}},
        {"name":"device","type":{"type":"enum","name":"Device","symbols":["PHONE","DESK","TV"]},
         "feature":{"kind":"categorical"}},
        {"name":"hour","type":"int","feature":{"kind":"categorical"}},
        {"name":"quality","type":"double","feature":{"kind":"numeric"}},
        {"name":"price","type":["null","double"],"default":null,
         "feature":{"kind":"numeric","transform":"log1p"}},
        {"name":"views","type":"float","feature":{"kind":"numeric","transform":"sqrt"}},
        {"name":"age","type":"long",
         "feature":{"kind":"numeric","transform":"scale","min":0,"max":100}},
        {"name":"history","type":{"type":"array","items":"string"},"default":[],
         "feature":{"kind":"sequence","max":10,"shares":"ad"}}]}
      """;

  static final FeatureSchema SCHEMA = FeatureSchema.parse(new Schema.Parser().parse(SCHEMA_TEXT));

  private static final List<String> DEVICES = List.of("PHONE", "DESK", "TV");
  private static final int USERS = 300;
  private static final int ADS = 60;

  private final double[] users;
  private final double[] ads;
  private final double[][] crosses;

  /** One impression. */
  record Shown(Map<String, Object> values, double probability) {
    GenericRecord features(String id, long time) {
      Map<String, @Nullable Object> all = new HashMap<>(values);
      all.put("impression_id", id);
      all.put("event_time", time);
      return FeatureRecords.fromMap(SCHEMA, all);
    }
  }

  FuzzWorld(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    users = random.doubles(USERS, -1.2, 1.2).toArray();
    ads = random.doubles(ADS, -1.4, 1.4).toArray();
    crosses = new double[DEVICES.size()][];
    for (int d = 0; d < crosses.length; d++) {
      crosses[d] = random.doubles(ADS, -0.8, 0.8).toArray();
    }
  }

  /** The next impression of a stream. */
  Shown next(SplittableRandom random) {
    int user = random.nextInt(USERS);
    int ad = random.nextInt(ADS);
    int device = random.nextInt(DEVICES.size());
    double quality = random.nextDouble(-1, 1);
    double price = Math.exp(random.nextDouble(0, 5));
    Map<String, Object> values = new HashMap<>();
    values.put("user", "user-" + user);
    values.put("ad", "ad-" + ad);
    values.put("device", DEVICES.get(device));
    values.put("hour", random.nextInt(24));
    values.put("quality", quality);
    boolean priced = random.nextInt(10) > 0;
    if (priced) {
      values.put("price", price);
    }
    values.put("views", (double) random.nextInt(1_000));
    values.put("age", random.nextInt(100));
    List<String> history = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      history.add("ad-" + random.nextInt(ADS));
    }
    values.put("history", history);
    double logit =
        -1.2
            + users[user]
            + ads[ad]
            + crosses[device][ad]
            + 0.5 * quality
            + (priced ? 0.3 * (2.5 - Math.log1p(price)) : 0);
    return new Shown(values, 1 / (1 + Math.exp(-logit)));
  }

  /**
   * The expected AUC of scores under click probabilities: the chance that a click is ranked above
   * an impression without one, ties counted half.
   */
  static double expectedAuc(double[] scores, double[] probabilities) {
    Integer[] order = new Integer[scores.length];
    java.util.Arrays.setAll(order, i -> i);
    java.util.Arrays.sort(order, java.util.Comparator.comparingDouble(i -> scores[i]));
    double below = 0;
    double won = 0;
    double positives = 0;
    for (int from = 0; from < order.length; ) {
      int to = from;
      double clicks = 0;
      double misses = 0;
      while (to < order.length && scores[order[to]] == scores[order[from]]) {
        clicks += probabilities[order[to]];
        misses += 1 - probabilities[order[to]];
        to++;
      }
      won += clicks * (below + misses / 2);
      below += misses;
      positives += clicks;
      from = to;
    }
    return won / (positives * below);
  }
}
