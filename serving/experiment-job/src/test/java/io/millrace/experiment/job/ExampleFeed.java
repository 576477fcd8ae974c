package io.millrace.experiment.job;

import io.millrace.event.Example;
import io.millrace.event.ExperimentMetrics;
import io.millrace.event.MetricMoments;
import io.millrace.event.Served;
import io.millrace.event.ServedArm;
import io.millrace.inference.Moments;
import io.millrace.inference.Part;
import io.millrace.inference.UnitValues;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Random examples of experiments, and what a count of all of them says. */
final class ExampleFeed {
  static final long START = 1_700_000_000_000L;

  /** Stands for an impression that no model has scored. */
  private static final float EXPOSURE = -1;

  private static final List<String> OUTCOMES = List.of("click", "sale");
  private static final List<String> ARMS = List.of("old", "new", "third");

  private final Random random;

  ExampleFeed(long seed) {
    random = new Random(seed);
  }

  /** An example of one arm. */
  static Example example(
      String id, long time, String outcome, int label, @Nullable Double value, ServedArm... arms) {
    return example(id, time, outcome, label, value, 0.25f, List.of(arms));
  }

  static ServedArm arm(String experiment, String unit, String arm) {
    return new ServedArm(experiment, unit, arm, 0.5);
  }

  static Example example(
      String id,
      long time,
      String outcome,
      int label,
      @Nullable Double value,
      float probability,
      List<ServedArm> arms) {
    return Example.newBuilder()
        .setExampleId(id)
        .setEventTime(Instant.ofEpochMilli(time))
        .setLabel(label)
        .setFeatures(ByteBuffer.wrap(new byte[] {0, 0, 0, 0, 1}))
        .setServed(
            Served.newBuilder()
                .setModel(probability == EXPOSURE ? "" : "m")
                .setVersion(1)
                .setProbability(probability)
                .setEncodingHash(0)
                .setArms(arms)
                .build())
        .setLabelFinalTime(time + 60_000)
        .setOutcome(outcome)
        .setOutcomeValue(value)
        .build();
  }

  /**
   * Examples of some impressions of 30 units in two experiments: first labels, then corrections and
   * duplicates of the last label, all mixed. A few units change their arm, a few arms are forced, a
   * few numbers cannot be counted.
   */
  List<Example> examples(int impressions) {
    List<List<Example>> queues = new ArrayList<>();
    for (int i = 0; i < impressions; i++) {
      int unit = random.nextInt(30);
      List<ServedArm> arms = new ArrayList<>();
      for (String experiment : List.of("colour", "model")) {
        int usual = Math.floorMod(unit * 7 + experiment.length(), 3);
        int arm = unit % 10 == 0 && random.nextInt(4) == 0 ? random.nextInt(3) : usual;
        double propensity = unit % 13 == 5 ? 1 : 1 / 3.0;
        if (random.nextInt(5) > 0) {
          arms.add(new ServedArm(experiment, "u" + unit, ARMS.get(arm), propensity));
        }
      }
      float probability =
          switch (random.nextInt(40)) {
            case 0 -> Float.NaN;
            case 1, 2 -> EXPOSURE;
            default -> random.nextInt(17) / 16f;
          };
      long time = START + random.nextInt(10_000);
      for (String outcome : OUTCOMES) {
        List<Example> queue = new ArrayList<>();
        int labels = 1 + random.nextInt(4);
        for (int k = 0; k < labels; k++) {
          int label = random.nextInt(2);
          Double value =
              label == 0 || random.nextInt(3) == 0
                  ? null
                  : random.nextInt(50) == 0 ? 1e60 : random.nextInt(40) / 4.0;
          queue.add(example("i" + i, time, outcome, label, value, probability, arms));
        }
        queues.add(queue);
      }
    }
    List<Example> mixed = new ArrayList<>();
    while (!queues.isEmpty()) {
      int at = random.nextInt(queues.size());
      List<Example> queue = queues.get(at);
      mixed.add(queue.remove(0));
      if (queue.isEmpty()) {
        queues.set(at, queues.get(queues.size() - 1));
        queues.remove(queues.size() - 1);
      }
    }
    return mixed;
  }

  /** What is to be counted, by experiment and arm: "units crossed ignored" and each metric. */
  static Map<String, Map<String, Object>> count(List<Example> examples) {
    Map<String, Example> last = new LinkedHashMap<>();
    examples.forEach(e -> last.put(e.getOutcome() + " of " + e.getExampleId(), e));
    Map<String, Set<String>> armsOfUnits = new HashMap<>();
    Map<String, List<Example>> ofUnits = new TreeMap<>();
    Map<String, Map<String, Object>> counts = new TreeMap<>();
    for (Example example : last.values()) {
      for (ServedArm arm : example.getServed().getArms()) {
        if (arm.getPropensity() < 1) {
          String unit = arm.getExperiment() + "/" + arm.getUnit();
          armsOfUnits.computeIfAbsent(unit, key -> new TreeSet<>()).add(arm.getArm());
          ofUnits
              .computeIfAbsent(unit + "/" + example.getOutcome(), key -> new ArrayList<>())
              .add(example);
        }
      }
    }
    armsOfUnits.forEach(
        (unit, arms) -> {
          for (String arm : arms) {
            Map<String, Object> count =
                counts.computeIfAbsent(unit.split("/", -1)[0] + "/" + arm, key -> new TreeMap<>());
            for (String name : List.of("units", "crossed", "ignored")) {
              count.putIfAbsent(name, 0L);
            }
            count.merge(arms.size() > 1 ? "crossed" : "units", 1L, ExampleFeed::add);
          }
        });
    ofUnits.forEach(
        (key, all) -> {
          String[] parts = key.split("/", -1);
          Set<String> arms = armsOfUnits.get(parts[0] + "/" + parts[1]);
          if (arms != null && arms.size() == 1) {
            add(
                counts.getOrDefault(parts[0] + "/" + arms.iterator().next(), new TreeMap<>()),
                parts[2],
                all);
          }
        });
    return counts;
  }

  private static void add(Map<String, Object> count, String outcome, List<Example> ofUnit) {
    double n = 0;
    double positives = 0;
    double value = 0;
    double logLoss = 0;
    double predicted = 0;
    for (Example example : ofUnit) {
      double p = example.getServed().getProbability();
      Double worth = example.getOutcomeValue();
      if (Double.isNaN(p) || worth != null && worth > 1e50) {
        count.merge("ignored", 1L, ExampleFeed::add);
        continue;
      }
      double clipped = Math.min(1 - 1e-7, Math.max(1e-7, p));
      n++;
      positives += example.getLabel();
      value += worth == null ? 0 : worth;
      if (p == EXPOSURE) {
        continue;
      }
      logLoss += -Math.log(example.getLabel() == 1 ? clipped : 1 - clipped);
      predicted += clipped;
    }
    unit(count, outcome, "impressions", UnitValues.of(n));
    unit(count, outcome, "rate", UnitValues.ratio(positives, n));
    unit(count, outcome, "value", UnitValues.ratio(value, n));
    unit(count, outcome, "logloss", UnitValues.ratio(logLoss, n));
    unit(count, outcome, "calibration", UnitValues.ratio(positives, predicted));
  }

  private static void unit(
      Map<String, Object> count, String outcome, String kind, UnitValues values) {
    Moments moments =
        (Moments) count.computeIfAbsent(kind + " of " + outcome, key -> new Moments());
    moments.add(values);
  }

  private static Object add(Object a, Object b) {
    return (Long) a + (Long) b;
  }

  /** A record in the form of {@link #count}, each metric as text of nine digits. */
  static Map<String, Object> texts(ExperimentMetrics record) {
    Map<String, Object> texts = new TreeMap<>();
    texts.put("units", record.getUnits());
    texts.put("crossed", record.getCrossed());
    texts.put("ignored", record.getIgnored());
    for (MetricMoments metric : record.getMetrics()) {
      byte[] bytes = new byte[metric.getMoments().remaining()];
      metric.getMoments().duplicate().get(bytes);
      texts.put(metric.getKind() + " of " + metric.getOutcome(), text(Moments.fromBytes(bytes)));
    }
    return texts;
  }

  /** Counts in the same form. */
  static Map<String, Map<String, Object>> texts(Map<String, Map<String, Object>> counts) {
    Map<String, Map<String, Object>> texts = new TreeMap<>();
    counts.forEach(
        (arm, count) -> {
          Map<String, Object> of = new TreeMap<>();
          count.forEach(
              (name, value) -> of.put(name, value instanceof Moments m ? text(m) : value));
          texts.put(arm, of);
        });
    return texts;
  }

  private static String text(Moments moments) {
    return "%d units, %.9g/%.9g, %.9g %.9g %.9g"
        .formatted(
            moments.count(),
            moments.sum(Part.NUMERATOR),
            moments.sum(Part.DENOMINATOR),
            moments.variance(Part.NUMERATOR),
            moments.variance(Part.DENOMINATOR),
            moments.covariance(Part.NUMERATOR, Part.DENOMINATOR));
  }
}
