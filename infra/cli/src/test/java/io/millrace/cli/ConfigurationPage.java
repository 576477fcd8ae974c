package io.millrace.cli;

import io.millrace.settings.Key;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The page that says what there is to set, in Markdown. */
final class ConfigurationPage {
  private static final String HEAD =
      """
      <!-- Written by .ci/configuration-page: change the records of settings instead. -->
      # Configuration

      A process takes each setting from the highest of four places: an option of the command line, an environment variable, the YAML file that `--config` names, the default.

      ```yaml
      # millrace up --config shop.yaml
      schema: shop.avsc
      labels: {attributionWindow: 10m, outcomes: {sale: 7d}}
      model:
        kind: fm
        rowOptimizer: {learningRate: 0.05}
      server:
        port: 8080
        limits: {bodyBytes: 2 MiB}
      ```

      | the same setting | is given by |
      |---|---|
      | in the file | `server:` and below it `port: 9000` |
      | as a variable | `MILLRACE_SERVER_PORT=9000`: dots become `_`, and so do the places where a small letter meets a capital |
      | as an option | `--port 9000` where the key has one, `--set server.port=9000` for each key |

      An unknown key or variable ends the process before any work, with status 2 and the nearest known name. So does a wrong value, also one that a higher place sets again. The message names the file and line, the variable or the option. Values of variables that are unknown, and of keys that hold secrets, are not shown. `MILLRACE_HEAP` and `MILLRACE_JAVA_OPTS` belong to the launcher.

      | value | is written |
      |---|---|
      | duration | a whole number with a unit: `250ms`, `90s`, `10m`, `12h`, `7d` |
      | bytes | a number of bytes, or with a unit: `512 KiB`, `64 MiB`, `3 GiB` |
      | list | `[a, b]`; in a variable also `a,b` |
      | names with values | `{sale: 7d}` |
      | file, folder | as the shell takes it: a relative one begins at the working directory |

      A variable of a key below `model` holds any YAML, as `MILLRACE_MODEL_CALIBRATION='{method: platt}'`. `--set` takes a JSON object too: settings of the model.

      `model.name` and `model.subject` follow from the kind and the schema. Most of `model` is fixed with the first event that is learned: a data directory refuses another.
      """;

  private static final Map<String, String> TITLES = titles();

  /** A key, whoever reads it. */
  private static final class Row {
    final Key key;
    final Map<String, String> defaults = new LinkedHashMap<>();
    final Set<String> options = new LinkedHashSet<>();

    Row(Key key) {
      this.key = key;
    }

    String defaultText() {
      Set<String> values = new LinkedHashSet<>(defaults.values());
      if (values.size() == 1) {
        String value = values.iterator().next();
        return value.isEmpty() ? "" : "`" + value + "`";
      }
      return defaults.entrySet().stream()
          .map(entry -> entry.getKey() + ": `" + entry.getValue() + "`")
          .collect(Collectors.joining(", "));
    }
  }

  private final ComponentDocs docs;

  ConfigurationPage(ComponentDocs docs) {
    this.docs = docs;
  }

  private static Map<String, String> titles() {
    Map<String, String> titles = new LinkedHashMap<>();
    titles.put("", "At the top of the file");
    titles.put("model", "`model`: what learns (`docs/reference/models.md`)");
    titles.put("source", "`source`: what a file holds");
    titles.put("files", "`files`: examples to train on");
    titles.put("evolution", "`evolution`: a feature that comes on the way");
    titles.put("market", "`market`: what the demo simulates");
    titles.put("labels", "`labels`: what is joined with impressions (`docs/guides/labels.md`)");
    titles.put("training", "`training`: how a model is trained (`docs/reference/training.md`)");
    titles.put("pretraining", "`pretraining`: how a table learns without labels");
    titles.put("server", "`server`: what answers (`docs/reference/serving.md`)");
    titles.put("registry", "`registry`: the schema registry (`docs/reference/registry.md`)");
    titles.put("kafka", "`kafka`: the log (`docs/operate/live.md`)");
    titles.put("jobs", "`jobs`: what joins and learns");
    return titles;
  }

  String markdown() {
    Map<String, Row> rows = new LinkedHashMap<>();
    for (SettingsOfProcess process : SettingsOfProcess.ALL) {
      Map<String, String> options = process.options();
      for (Key key : process.keys()) {
        // Two records may use one word: each has a row of its own.
        Row row = rows.computeIfAbsent(key.path() + " " + docs.of(key), unused -> new Row(key));
        row.defaults.put(process.name(), key.defaultText().orElse(""));
        if (options.containsKey(key.path())) {
          row.options.add("`" + options.get(key.path()) + "`");
        }
      }
    }
    StringBuilder page = new StringBuilder(HEAD);
    Map<String, List<Row>> sections = new LinkedHashMap<>();
    TITLES.keySet().forEach(section -> sections.put(section, new ArrayList<>()));
    for (Row row : rows.values()) {
      int dot = row.key.path().indexOf('.');
      String section = dot < 0 ? "" : row.key.path().substring(0, dot);
      sections.computeIfAbsent(section, unused -> new ArrayList<>()).add(row);
    }
    sections.forEach((section, keys) -> append(page, section, keys));
    return page.toString();
  }

  private void append(StringBuilder page, String section, List<Row> rows) {
    page.append("\n## ").append(TITLES.getOrDefault(section, "`" + section + "`")).append("\n\n");
    if (section.equals("server")) {
      page.append(
          "Defaults of what is taken on at a time depend on the process: here they are of a heap of"
              + " 3 GiB and two cores.\n\n");
    }
    if (section.equals("model")) {
      page.append("Defaults are those of the kind.\n\n");
    }
    page.append("| key | default | read by | option | what it is |\n|---|---|---|---|---|\n");
    for (Row row : rows) {
      page.append(
          "| `%s` | %s | %s | %s | %s |\n"
              .formatted(
                  row.key.path(),
                  row.defaultText(),
                  String.join(", ", row.defaults.keySet()),
                  String.join(", ", row.options),
                  (docs.of(row.key) + choices(row.key.type())).replace("|", "\\|")));
    }
  }

  /** The constants of an enum. */
  private static String choices(Type type) {
    Type single =
        type instanceof ParameterizedType parameterized
            ? parameterized.getActualTypeArguments()[0]
            : type;
    if (!(single instanceof Class<?> constants) || !constants.isEnum()) {
      return "";
    }
    List<String> names = new ArrayList<>();
    for (Object constant : constants.getEnumConstants()) {
      names.add("`" + constant.toString().toLowerCase(Locale.ROOT) + "`");
    }
    return "; one of " + String.join(", ", names);
  }
}
