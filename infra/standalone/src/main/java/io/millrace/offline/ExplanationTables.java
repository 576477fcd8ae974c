package io.millrace.offline;

import io.millrace.explanation.Explanation;
import io.millrace.explanation.GlobalExplanation;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Explanations as tables for people. */
public final class ExplanationTables {
  private static final int SHOWN_CHARACTERS = 32;

  private final StringBuilder out = new StringBuilder();

  private ExplanationTables() {}

  /** One prediction. */
  public static String of(Explanation explanation) {
    return new ExplanationTables().prediction(explanation);
  }

  /** A model over many examples. */
  public static String of(GlobalExplanation explanation) {
    return new ExplanationTables().model(explanation);
  }

  private String prediction(Explanation e) {
    line("%s: probability %.4f, logit %+.4f", e.kind(), e.probability(), e.logit());
    line("%n%-20s %-32s %9s%s", "field", "value", "effect", heading(e.fields().get(0)));
    for (Explanation.Field f : e.fields()) {
      line(
          "%-20s %-32s %+9.4f%s",
          f.field(),
          f.value() == null ? "-" : cut(f.value()),
          f.effect(),
          part(f.linear()) + part(f.importance()) + part(f.attention()));
    }
    leftOut(e.leftOut(), "fields");
    if (e.rest() != null) {
      line("%-20s %-32s %9s %+10.4f", "(rest)", "bias or perceptron", "", e.rest());
    }
    if (e.pairs() != null) {
      line("%n%-40s %9s", "pair", "product");
      e.pairs().forEach(p -> line("%-40s %+9.4f", String.join(" · ", p.fields()), p.product()));
      leftOut(e.leftOut(), "pairs");
    }
    if (e.attention() != null) {
      line("%n%5s %4s  %-20s %-20s %9s", "layer", "head", "from", "to", "attention");
      e.attention()
          .strongest()
          .forEach(
              l ->
                  line(
                      "%5d %4d  %-20s %-20s %9.4f",
                      l.layer(), l.head(), l.from(), l.to(), l.weight()));
      leftOut(e.leftOut(), "attention");
    }
    if (e.crossFeatures() != null) {
      line("%n%4s %6s %5s %9s  %s", "head", "neuron", "order", "weight", "powers");
      e.crossFeatures()
          .forEach(
              c ->
                  line(
                      "%4d %6d %5d %9.4f  %s",
                      c.head(), c.neuron(), c.order(), c.weight(), powers(c)));
      leftOut(e.leftOut(), "crossFeatures");
    }
    return out.toString();
  }

  private static String heading(Explanation.Field field) {
    return heading(field.linear(), field.importance(), field.attention());
  }

  private static String heading(
      @Nullable Number linear, @Nullable Number importance, @Nullable Number attention) {
    String name =
        linear != null
            ? "linear"
            : importance != null ? "importance" : attention != null ? "attention" : "";
    return name.isEmpty() ? "" : String.format(Locale.ROOT, " %10s", name);
  }

  private static String part(@Nullable Number value) {
    return value == null ? "" : String.format(Locale.ROOT, " %10.4f", value.doubleValue());
  }

  private static String powers(Explanation.Cross cross) {
    String shown =
        cross.terms().stream()
            .map(t -> String.format(Locale.ROOT, "%s^%+.3f", t.field(), t.weight()))
            .collect(Collectors.joining(" "));
    return cross.terms().size() < cross.order() ? shown + " …" : shown;
  }

  private String model(GlobalExplanation e) {
    line("%s: means over %,d examples", e.kind(), e.examples());
    GlobalExplanation.Field first = e.fields().get(0);
    line(
        "%n%-20s %9s%s",
        "field", "|effect|", heading(first.linear(), first.importance(), first.attention()));
    for (GlobalExplanation.Field f : e.fields()) {
      line(
          "%-20s %9.4f%s",
          f.field(), f.effect(), part(f.linear()) + part(f.importance()) + part(f.attention()));
    }
    if (e.pairs() != null) {
      line("%n%-40s %9s", "pair", "|product|");
      e.pairs().forEach(p -> line("%-40s %9.4f", String.join(" · ", p.fields()), p.product()));
      leftOut(e.leftOut(), "pairs");
    }
    if (e.attention() != null) {
      attention(e.attention());
    }
    if (e.interactions() != null) {
      line("%n%9s %5s %9s  %s", "frequency", "order", "weight", "fields");
      e.interactions()
          .forEach(
              i ->
                  line(
                      "%9.4f %5d %9.4f  %s",
                      i.frequency(), i.order(), i.weight(), String.join(", ", i.fields())));
      leftOut(e.leftOut(), "interactions");
    } else if (e.kind().startsWith("armnet")) {
      line("%nno interactions: alpha is 1, expected more: with 1 no gate ever closes");
    }
    return out.toString();
  }

  private void attention(GlobalExplanation.Attention attention) {
    List<String> fields = attention.fields();
    StringBuilder heads = new StringBuilder();
    fields.forEach(name -> heads.append(String.format(Locale.ROOT, " %8.8s", name)));
    line("%n%-20s%s", "attention paid to ▸", heads);
    for (int f = 0; f < fields.size(); f++) {
      StringBuilder row = new StringBuilder();
      for (double weight : attention.mean()[f]) {
        row.append(String.format(Locale.ROOT, " %8.4f", weight));
      }
      line("%-20s%s", fields.get(f), row);
    }
  }

  private void leftOut(Map<String, Integer> leftOut, String list) {
    Integer count = leftOut.get(list);
    if (count != null) {
      line("… and %,d more (--top)", count);
    }
  }

  private static String cut(String value) {
    return value.length() <= SHOWN_CHARACTERS
        ? value
        : value.substring(0, SHOWN_CHARACTERS - 1) + "…";
  }

  private void line(String format, @Nullable Object... arguments) {
    out.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
  }
}
