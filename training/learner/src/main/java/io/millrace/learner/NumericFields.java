package io.millrace.learner;

import io.millrace.feature.EncodedBatch;
import io.millrace.feature.Feature;
import io.millrace.feature.FeatureHash;
import io.millrace.feature.FeatureSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The numbers among a schema's features, found again in encoded examples. Immutable. */
public final class NumericFields {
  private static final int SHOWN = 5;

  private final int fields;
  private final int[] numbers;
  private final long[] tokens;
  private final List<String> names;

  /** Those of a schema. */
  public NumericFields(FeatureSchema schema) {
    List<Feature> encoded = schema.encodedFields();
    List<String> found = new ArrayList<>();
    int[] places = new int[encoded.size()];
    for (int f = 0; f < encoded.size(); f++) {
      if (encoded.get(f).isNumber()) {
        places[found.size()] = f;
        found.add(encoded.get(f).name());
      }
    }
    this.fields = encoded.size();
    this.names = List.copyOf(found);
    this.numbers = Arrays.copyOf(places, names.size());
    this.tokens = new long[names.size()];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = FeatureHash.of(encoded.get(numbers[i]).id()).numericToken();
    }
  }

  /** How many of the fields are numeric. */
  public int size() {
    return numbers.length;
  }

  /** F, fields of all kinds. */
  int fields() {
    return fields;
  }

  /** The field that the i-th numeric one is among all. */
  int field(int i) {
    return numbers[i];
  }

  /** Where in a batch example b's number of the i-th numeric field is; -1 if it is missing. */
  int token(EncodedBatch batch, int b, int i) {
    int at = batch.start(b, numbers[i]);
    return at < batch.end(b, numbers[i]) && batch.token(at) == tokens[i] ? at : -1;
  }

  /** {@link #largest}, and how training may come through. */
  public String advice(EncodedBatch batch, int from, int to) {
    String rate = "a lower learning rate of the optimizers may help";
    return largest(batch, from, to)
        + (numbers.length == 0
            ? "; " + rate
            : "; a transform, log1p or standardize with \"mean\" and \"std\", makes them small; "
                + rate);
  }

  private record Shown(String name, float value) {}

  /** The largest numbers of some examples by their features' names, as an error shows them. */
  public String largest(EncodedBatch batch, int from, int to) {
    List<Shown> all = new ArrayList<>();
    for (int i = 0; i < numbers.length; i++) {
      float largest = 0;
      for (int b = from; b < to; b++) {
        int at = token(batch, b, i);
        float value = at < 0 ? 0 : batch.weight(at);
        largest = Math.abs(value) > Math.abs(largest) ? value : largest;
      }
      all.add(new Shown(names.get(i), largest));
    }
    all.sort(Comparator.comparingDouble(shown -> -Math.abs(shown.value)));
    return all.isEmpty()
        ? "none of its features is a number"
        : "largest numbers: "
            + all.stream()
                .limit(SHOWN)
                .map(shown -> String.format(Locale.ROOT, "%s %.6g", shown.name, shown.value))
                .collect(Collectors.joining(", "));
  }
}
