package io.millrace.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.feature.Feature;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.InstantSpelling;
import io.millrace.feature.SchemaText;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A feature schema made of what was found in a file, to be edited: each column that is no label is
 * a field, its {@code doc} says what was found. Texts, whole numbers of few values and ids are
 * categorical, other numbers numeric, lists sequences; of the time, its hour and its day of the
 * week are features. Columns that tell the label are left out.
 */
public final class SchemaDraft {
  /** Whole numbers of at most so many values are names rather than amounts. */
  private static final int FEW = 50;

  /** Rows of each value, from which on a whole number is learned better as a name. */
  private static final int OFTEN = 20;

  /** From so many deviations on the mean is far from 0. */
  private static final double FAR = 1.5;

  private static final double SELDOM_MISSING = 0.01;

  /** Names of amounts, however often these come back. */
  private static final Pattern AMOUNT =
      Pattern.compile(
          ".*(price|amount|count|duration|income|balance|distance|seconds|minutes|salary)"
              + "|(.*[^a-z])?(age|cost|bid|size|length|width|height|year|days|hours|weight|ms)");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final FilePlan plan;
  private final Set<String> names = new HashSet<>();
  private final ObjectNode root = JSON.createObjectNode();
  private final ArrayNode fields = JSON.createArrayNode();

  private SchemaDraft(FilePlan plan) {
    this.plan = plan;
  }

  /** The schema as JSON, one field per line. */
  public static String json(FilePlan plan) {
    return new SchemaDraft(plan).write();
  }

  /** The schema. */
  public static FeatureSchema schema(FilePlan plan) {
    return FeatureSchema.parse(json(plan));
  }

  private String write() {
    String file = String.valueOf(plan.file().getFileName());
    int dot = file.indexOf('.');
    root.put("type", "record");
    root.put("name", capital(SchemaText.safeName(dot > 0 ? file.substring(0, dot) : file)));
    root.put("namespace", "files");
    root.put(
        "doc", String.join("; ", plan.describe().subList(0, Math.min(4, plan.describe().size()))));
    ObjectNode millrace = root.putObject("millrace");
    String id = own("impression_id");
    String time = null;
    millrace.put("id", id);
    fields.addObject().put("name", id).put("type", "string").put("doc", "made for each row");
    for (int c = 0; c < plan.columns().size(); c++) {
      Column column = plan.columns().get(c);
      boolean label = plan.label().isPresent() && plan.label().get().column() == c;
      boolean isId = plan.id().isPresent() && plan.id().get().name().equals(column.name());
      boolean isTime = plan.time().isPresent() && plan.time().get().name().equals(column.name());
      if (isTime) {
        time = time(column);
      } else if (!label && !isId && !column.empty() && column.onlyWhere() == null) {
        field(column);
      }
    }
    if (time == null) {
      time = own("event_time");
      ObjectNode field = fields.addObject().put("name", time);
      field.putObject("type").put("type", "long").put("logicalType", "timestamp-millis");
      field.put("doc", "the file has none: rows are a second apart");
    }
    millrace.put("time", time);
    return text();
  }

  /** One line per field. */
  private String text() {
    StringBuilder text = new StringBuilder("{");
    root.fields()
        .forEachRemaining(
            property ->
                text.append(line(JSON.valueToTree(property.getKey())))
                    .append(": ")
                    .append(line(property.getValue()))
                    .append(",\n "));
    text.append("\"fields\": [");
    for (int f = 0; f < fields.size(); f++) {
      text.append(f == 0 ? "\n  " : ",\n  ").append(line(fields.get(f)));
    }
    return text.append("]}\n").toString();
  }

  private static String line(JsonNode node) {
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that cannot be written", e);
    }
  }

  private static String capital(String name) {
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  /** A name that no other field has. */
  private String own(String wanted) {
    String name = wanted;
    for (int k = 2; !names.add(name); k++) {
      name = wanted + "_" + k;
    }
    return name;
  }

  private ObjectNode named(Column column) {
    String name = own(SchemaText.safeName(column.name()));
    ObjectNode field = fields.addObject().put("name", name);
    if (!name.equals(column.name())) {
      field.put("column", column.name());
    }
    return field;
  }

  /** The event time, and as features its hour and its day of the week are of the same column. */
  private String time(Column column) {
    ObjectNode field = named(column);
    field.putObject("type").put("type", "long").put("logicalType", "timestamp-millis");
    field
        .putObject("feature")
        .put("kind", Feature.Kind.CATEGORICAL.word())
        .put("transform", "hour_of_day");
    field.put("doc", doc(column) + "; the hour is the feature, day_of_week another one");
    return field.path("name").asText();
  }

  private void field(Column column) {
    ObjectNode field = named(column);
    String type = "string";
    Feature.Kind kind = Feature.Kind.CATEGORICAL;
    String transform = null;
    switch (column.type()) {
      case NUMBER -> {
        type = "double";
        kind = Feature.Kind.NUMERIC;
      }
      case WHOLE -> {
        boolean name = isName(column);
        type = "long";
        kind = name ? Feature.Kind.CATEGORICAL : Feature.Kind.NUMERIC;
      }
      case BOOLEAN -> type = "boolean";
      case INSTANT -> {
        type = "long";
        transform = "hour_of_day";
      }
      case LIST -> kind = Feature.Kind.SEQUENCE;
      default -> {
        // a text, as it stands there
      }
    }
    if (column.type() == ColumnType.LIST) {
      field.putObject("type").put("type", "array").put("items", "string");
      field.putArray("default");
    } else {
      field.putArray("type").add("null").add(type);
      field.putNull("default");
    }
    feature(field, kind, transform, column);
    field.put("doc", doc(column));
  }

  private void feature(
      ObjectNode field, Feature.Kind kind, @Nullable String transform, Column column) {
    ObjectNode feature = field.putObject("feature").put("kind", kind.word());
    if (kind == Feature.Kind.NUMERIC && farFromZero(column)) {
      feature
          .put("transform", "standardize")
          .put("mean", rounded(column.mean()))
          .put("std", rounded(column.deviation()));
    }
    if (transform != null) {
      feature.put("transform", transform);
    }
    String split = column.spelling().split();
    if (kind == Feature.Kind.SEQUENCE && split != null && !split.equals("\u001f")) {
      feature.put("split", split);
    }
  }

  /**
   * Whether numbers lie together far from 0, as heights of places and years do: a model that sees
   * them as they are learns first of all that they are large. A feature that is not there is 0 of
   * labels and pairs, so there it must nearly always be there.
   */
  private boolean farFromZero(Column column) {
    return column.deviation() > 0
        && Math.abs(column.mean()) >= FAR * column.deviation()
        && (!plan.format().sparse() || column.missingShare() < SELDOM_MISSING);
  }

  private static double rounded(double value) {
    return new BigDecimal(value).round(new MathContext(4)).doubleValue();
  }

  /**
   * Whether whole numbers name things: few of them, or values that come back again and again, which
   * can be learned one by one, or as many as ids are, by their column's name.
   */
  private static boolean isName(Column column) {
    String name = column.name().toLowerCase(Locale.ROOT);
    boolean called =
        name.matches(
                "(.*[^a-z])?(id|ids|user|item|ad|movie|product|campaign|device|app|ip|zip|zipcode|os|channel|code|category|site)([^a-z]*([0-9]+|id|ids|code))?")
            || column.name().matches(".*[a-z](Id|ID)")
            || name.matches(".*id");
    if (called) {
      return true;
    }
    // Whole numbers with a point, as 3.0, come of a column of amounts, or of one with gaps.
    boolean pointed =
        column.missing() == 0 && column.examples().stream().allMatch(e -> e.indexOf('.') >= 0);
    boolean few = column.distinct() <= FEW;
    long present = column.rows() - column.missing();
    boolean often = present >= (long) OFTEN * column.distinct() && !AMOUNT.matcher(name).matches();
    return column.allCounted() && !pointed && (few || often);
  }

  private static String doc(Column column) {
    StringBuilder doc = new StringBuilder(column.type().words());
    if (column.type() == ColumnType.INSTANT) {
      InstantSpelling spelling = column.spelling().instants();
      doc.append(", ").append(spelling.words());
    }
    doc.append(
        String.format(
            Locale.ROOT,
            ", %s%d values",
            column.allCounted() ? "" : "more than ",
            column.distinct()));
    if (column.missing() > 0) {
      doc.append(", " + FilePlan.percent(column.missingShare()) + " missing");
    }
    if (!column.markers().isEmpty()) {
      doc.append(" (").append(String.join(" ", column.markers())).append(')');
    }
    if (!column.examples().isEmpty()) {
      doc.append(", such as ")
          .append(
              String.join(
                  ", ",
                  column.examples().stream()
                      .map(e -> Rejection.shown(e.replace('\u001f', ' ')))
                      .toList()));
    }
    return doc.toString();
  }
}
