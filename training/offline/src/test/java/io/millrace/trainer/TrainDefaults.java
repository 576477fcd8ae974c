package io.millrace.trainer;

import io.millrace.feature.FeatureHash;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.learner.TestSchemas;
import io.millrace.metrics.Metrics;
import io.millrace.trained.LabeledExamples;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.tukaani.xz.XZInputStream;

/**
 * What training without a configuration comes to, and what given settings do: one line of CSV a
 * run, with test metrics of the kept epoch. All columns are categorical.
 *
 * <p>Arguments: the folder of the data (not looked at for {@code imbalanced} and {@code
 * separable}), then runs as {@code DATA[/ROWS]:KIND[:SETTING=VALUE]*}. DATA is {@code frappe},
 * {@code ml1m}, {@code criteo}, {@code talkingdata}, {@code imbalanced} or {@code separable}; ROWS
 * takes so many of the training examples. Settings: {@code l2}, {@code batch}, {@code epochs},
 * {@code rate}, {@code dim}, {@code rows}, {@code scale}, {@code seed}, {@code scope}, {@code
 * patience}, {@code stop}, {@code cut}, {@code averaging}, {@code shape} (JSON of the
 * architecture).
 */
final class TrainDefaults {
  private TrainDefaults() {}

  /** Columns of each example, and its label. */
  private record Data(
      List<String[]> values,
      List<Integer> labels,
      List<Integer> train,
      List<Integer> valid,
      List<Integer> test) {}

  public static void main(String[] args) throws IOException {
    System.out.println(
        "data,kind,settings,train_rows,epochs,best,valid_auc,valid_logloss,test_auc,test_logloss,test_ece,seconds");
    String loaded = "";
    Data data = null;
    for (String run : Arrays.asList(args).subList(1, args.length)) {
      String[] parts = run.split(":(?![^{]*})", -1);
      String name = parts[0].split("/")[0];
      if (data == null || !loaded.equals(name)) {
        data = load(name, Path.of(args[0]));
        loaded = name;
      }
      int rows =
          parts[0].contains("/") ? Integer.parseInt(parts[0].split("/")[1]) : data.train().size();
      train(data, name, rows, ModelKind.named(parts[1]), parts);
    }
  }

  private static void train(Data data, String name, int rows, ModelKind kind, String[] parts) {
    FeatureSchema schema = TestSchemas.categoricals(data.values().get(0).length);
    ModelConfig model =
        FileDefaults.model(kind, "defaults", schema)
            .with(kind == ModelKind.LR ? "{\"rows\":1048576}" : "{\"rows\":1048576,\"dim\":32}");
    TrainerConfig c = TrainerConfig.defaults();
    for (String setting : Arrays.asList(parts).subList(2, parts.length)) {
      String value = setting.substring(setting.indexOf('=') + 1);
      switch (setting.substring(0, setting.indexOf('='))) {
        case "rate" ->
            model =
                model.with(
                    "{\"rowOptimizer\":{\"learningRate\":%s},\"denseOptimizer\":{\"learningRate\":%s}}"
                        .formatted(value, value));
        case "dim" -> model = model.with("{\"dim\":" + value + "}");
        case "rows" -> model = model.with("{\"rows\":" + value + "}");
        case "scale" -> model = model.with("{\"initScale\":" + value + "}");
        case "shape" -> model = model.with("{\"architecture\":" + value + "}");
        case "seed" -> {
          model = model.with("{\"seed\":" + value + "}");
          c = c.withSeed(Long.parseLong(value));
        }
        case "epochs" -> c = c.withEpochs(Integer.parseInt(value));
        default -> c = with(c, setting.substring(0, setting.indexOf('=')), value);
      }
    }
    try (CompiledModel compiled = CompiledModel.of(model, schema)) {
      long started = System.nanoTime();
      Training.Result result =
          Training.run(
              compiled,
              c,
              encoded(data, data.train().subList(0, rows)),
              encoded(data, data.valid()),
              epoch -> {
                if (Boolean.getBoolean("epochs")) {
                  System.err.printf(
                      Locale.ROOT,
                      "%d rate %.4f loss %.5f valid %.5f %.5f%n",
                      epoch.number(),
                      epoch.rate(),
                      epoch.loss(),
                      epoch.valid().auc(),
                      epoch.valid().logloss());
                }
              });
      double seconds = (System.nanoTime() - started) * 1e-9;
      Metrics test = result.model().evaluate(encoded(data, data.test()));
      System.out.printf(
          Locale.ROOT,
          "%s,%s,%s,%d,%d,%d,%.5f,%.5f,%.5f,%.5f,%.5f,%.0f%n",
          name,
          kind,
          parts.length == 2
              ? "defaults"
              : String.join(" ", Arrays.asList(parts).subList(2, parts.length)).replace(',', ';'),
          rows,
          result.epochs().size(),
          result.best(),
          result.valid().auc(),
          result.valid().logloss(),
          test.auc(),
          test.logloss(),
          test.ece(),
          seconds);
    }
  }

  private static TrainerConfig with(TrainerConfig c, String setting, String value) {
    return new TrainerConfig(
        setting.equals("batch") ? Integer.valueOf(value) : c.batchSize(),
        c.epochs(),
        setting.equals("criterion") ? TrainerConfig.Criterion.valueOf(value) : c.criterion(),
        c.leastGain(),
        setting.equals("patience") ? Integer.parseInt(value) : c.patience(),
        setting.equals("cut") ? Double.parseDouble(value) : c.rateCut(),
        setting.equals("back") ? Boolean.parseBoolean(value) : c.back(),
        setting.equals("stop") ? Integer.parseInt(value) : c.stopAfter(),
        setting.equals("l2") ? Double.valueOf(value) : c.l2(),
        setting.equals("scope") ? TrainerConfig.L2Scope.valueOf(value) : c.l2Scope(),
        c.clipNorm(),
        c.clipValue(),
        setting.equals("averaging") ? Double.valueOf(value) : c.averaging(),
        c.cape(),
        c.seed());
  }

  private static LabeledExamples encoded(Data data, List<Integer> which) {
    int fields = data.values().get(0).length;
    LabeledExamples examples = new LabeledExamples(fields);
    for (int i : which) {
      var example = examples.next().append();
      for (int f = 0; f < fields; f++) {
        String value = data.values().get(i)[f];
        if (!value.isEmpty()) {
          example.add(FeatureHash.key("f" + f + "=" + value), 1);
        }
        example.endField();
      }
      example.commit();
      examples.add(data.labels().get(i));
    }
    return examples;
  }

  private static Data load(String name, Path folder) throws IOException {
    return switch (name) {
      case "frappe" -> frappe(folder);
      case "ml1m" -> movieLens(folder);
      case "criteo" -> criteo(folder);
      case "talkingdata" -> talkingData(folder);
      case "imbalanced" -> imbalanced(60_000, 43);
      case "separable" -> separable();
      default -> throw new IllegalArgumentException(name + ": expected one of the sets");
    };
  }

  private static Data frappe(Path folder) throws IOException {
    List<String[]> values = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    int[] ends = new int[3];
    String[] files = {"train_rebuilt", "valid_official", "test_official"};
    for (int i = 0; i < files.length; i++) {
      for (String line : lines(folder.resolve("frappe_" + files[i] + ".libsvm.xz"))) {
        String[] columns = line.split(" ", -1);
        values.add(Arrays.copyOfRange(columns, 1, 11));
        labels.add(Integer.parseInt(columns[0]));
      }
      ends[i] = values.size();
    }
    List<Integer> train = new ArrayList<>(range(0, ends[0]));
    Collections.shuffle(train, new Random(1)); // a part of them is a sample
    return new Data(values, labels, train, range(ends[0], ends[1]), range(ends[1], ends[2]));
  }

  /** Random 80/10/10. */
  private static Data movieLens(Path folder) throws IOException {
    List<String[]> values = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<String> lines = lines(folder.resolve("ml1m_half_time_stream.csv.xz"));
    for (String line : lines.subList(1, lines.size())) {
      String[] columns = line.split(",", -1);
      values.add(Arrays.copyOfRange(columns, 2, columns.length));
      labels.add(Integer.parseInt(columns[0]));
    }
    return random(values, labels);
  }

  private static Data random(List<String[]> values, List<Integer> labels) {
    List<Integer> order = new ArrayList<>(range(0, values.size()));
    Collections.shuffle(order, new Random(1));
    int tenth = order.size() / 10;
    return new Data(
        values,
        labels,
        order.subList(2 * tenth, order.size()),
        order.subList(0, tenth),
        order.subList(tenth, 2 * tenth));
  }

  /** In time order 70/15/15. */
  private static Data inOrder(List<String[]> values, List<Integer> labels) {
    int n = values.size();
    int validFrom = n * 70 / 100;
    int testFrom = n * 85 / 100;
    return new Data(
        values, labels, range(0, validFrom), range(validFrom, testFrom), range(testFrom, n));
  }

  private static Data criteo(Path folder) throws IOException {
    List<String[]> values = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (String line : lines(folder.resolve("criteo_first10000.txt.xz"))) {
      String[] columns = line.split("\t", -1);
      labels.add(Integer.parseInt(columns[0]));
      String[] fields = Arrays.copyOfRange(columns, 1, 40);
      for (int f = 0; f < 13; f++) {
        if (!fields[f].isEmpty()) {
          int number = Integer.parseInt(fields[f]);
          fields[f] =
              number > 2 ? "s" + (int) Math.pow(Math.log(number), 2) : String.valueOf(number);
        }
      }
      values.add(fields);
    }
    return inOrder(values, labels);
  }

  private static Data talkingData(Path folder) throws IOException {
    List<String> lines = lines(folder.resolve("talkingdata_train_sample.csv.xz"));
    List<String[]> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      rows.add(line.split(",", -1));
    }
    rows.sort(Comparator.comparing(row -> row[5]));
    List<String[]> values = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (String[] row : rows) {
      labels.add(Integer.parseInt(row[7]));
      values.add(new String[] {row[0], row[1], row[2], row[3], row[4], row[5].substring(11, 13)});
    }
    return inOrder(values, labels);
  }

  /**
   * Labels of a known truth: a logistic regression of 43 fields of 2 to 20,000 values, their low
   * numbers the frequent ones, of which those of up to 60 values say something; 13 % positive. The
   * truth's own log loss on the test part is printed.
   */
  private static Data imbalanced(int rows, long seed) {
    Random random = new Random(seed);
    int fields = 43;
    double[] strength = new double[fields];
    int[] cardinality = new int[fields];
    for (int f = 0; f < fields; f++) {
      cardinality[f] = (int) Math.round(2 * Math.pow(10_000, f / (double) (fields - 1)));
      strength[f] = cardinality[f] <= 60 ? 0.4 : 0;
    }
    List<String[]> values = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    double[] truth = new double[rows];
    for (int i = 0; i < rows; i++) {
      String[] row = new String[fields];
      double logit = -3.6;
      for (int f = 0; f < fields; f++) {
        int value = (int) (cardinality[f] * Math.pow(random.nextDouble(), 3));
        row[f] = String.valueOf(value);
        logit += strength[f] * normal(f, value);
      }
      truth[i] = 1 / (1 + Math.exp(-logit));
      values.add(row);
      labels.add(random.nextDouble() < truth[i] ? 1 : 0);
    }
    Data data = random(values, labels);
    double loss = 0;
    double positives = 0;
    for (int i : data.test()) {
      loss -= Math.log(labels.get(i) == 1 ? truth[i] : 1 - truth[i]);
      positives += labels.get(i);
    }
    System.out.printf(
        Locale.ROOT,
        "# imbalanced: test log loss of the truth %.5f, positives %.4f%n",
        loss / data.test().size(),
        positives / data.test().size());
    return data;
  }

  private static double normal(int field, int value) {
    return new Random(field * 1_000_003L + value * 7919L).nextGaussian();
  }

  /** 3,000 rows whose label is a function of the user. */
  private static Data separable() {
    Random random = new Random(3);
    List<String[]> values = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      int user = random.nextInt(40);
      values.add(new String[] {"u" + user, "a" + random.nextInt(20)});
      labels.add(user % 5 < 2 ? 1 : 0);
    }
    return new Data(values, labels, range(0, 3_000), range(3_000, 4_000), range(4_000, 5_000));
  }

  private static List<Integer> range(int from, int to) {
    List<Integer> numbers = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  private static List<String> lines(Path file) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new XZInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return in.lines().toList();
    }
  }
}
