package io.millrace.model;

import java.util.List;

/**
 * FinalMLP: two multi-layer perceptrons that see the field vectors through gates of their own, and
 * a bilinear fusion of what they give.
 *
 * @param first hidden layers of the first perceptron
 * @param second hidden layers of the second one
 * @param heads parts in which the outputs meet, 1 to 64; divides the last width of both
 * @param gateUnits hidden units of each gate, 1 to 1024; 0 for no gates
 * @param firstContext numbers of the fields that the first perceptron's gate goes by; none for a
 *     learned vector
 * @param secondContext likewise of the second one
 */
public record FinalMlpConfig(
    HiddenLayers first,
    HiddenLayers second,
    int heads,
    int gateUnits,
    List<Integer> firstContext,
    List<Integer> secondContext)
    implements Architecture {

  public FinalMlpConfig {
    Bounds.require("heads", heads, 64);
    if (gateUnits != 0) {
      Bounds.require("gateUnits", gateUnits, 1024);
    }
    firstContext = List.copyOf(firstContext);
    secondContext = List.copyOf(secondContext);
    requireDivisible(first, heads);
    requireDivisible(second, heads);
  }

  private static void requireDivisible(HiddenLayers hidden, int heads) {
    int width = hidden.widths().get(hidden.widths().size() - 1);
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "heads: " + heads + ", expected a divisor of the last width " + width);
    }
  }

  /** Small enough for steps of a few examples. */
  public static FinalMlpConfig streaming() {
    HiddenLayers hidden = HiddenLayers.plain(64, 32);
    return new FinalMlpConfig(hidden, hidden, 4, 0, List.of(), List.of());
  }

  /** A shape for files, which are learned in mini-batches. */
  public static FinalMlpConfig forFiles() {
    return new FinalMlpConfig(
        HiddenLayers.forFiles(),
        new HiddenLayers(List.of(200), true, 0.2f),
        10,
        64,
        List.of(),
        List.of());
  }

  private static void requireFields(String setting, List<Integer> numbers, int fields) {
    for (int number : numbers) {
      if (number < 0 || number >= fields) {
        throw new IllegalArgumentException(
            "%s: field %d, expected 0 to %d".formatted(setting, number, fields - 1));
      }
    }
  }

  /** Gates go by fields' numbers, which may move. */
  @Override
  public boolean takesNewFields() {
    return firstContext.isEmpty() && secondContext.isEmpty();
  }

  @Override
  public void declare(TensorSpecs specs, int fields, int dim, int rowWidth) {
    requireFields("firstContext", firstContext, fields);
    requireFields("secondContext", secondContext, fields);
    int values = fields * dim;
    gate(specs, "first.gate.", firstContext, dim, values);
    int n1 = specs.hidden("first.", first, values);
    gate(specs, "second.gate.", secondContext, dim, values);
    int n2 = specs.hidden("second.", second, values);
    specs.xavier("fusion.first", n1, 1, 1, n1);
    specs.xavier("fusion.second", n2, 1, 1, n2);
    specs.xavier("fusion.bilinear", n1 / heads, n2 / heads, heads, n1 / heads, n2 / heads);
    specs.constant("fusion.bias", 0, 1);
  }

  @Override
  public boolean hasTrainingMode() {
    return first.hasTrainingMode() || second.hasTrainingMode();
  }

  private void gate(TensorSpecs specs, String prefix, List<Integer> context, int dim, int values) {
    if (gateUnits == 0) {
      return;
    }
    if (context.isEmpty()) {
      specs.xavier(prefix + "context", 1, dim, 1, dim);
    }
    specs.linear(prefix + "hidden.", dim * Math.max(1, context.size()), gateUnits);
    specs.constant(prefix + "output.weight", 0, values, gateUnits);
    specs.constant(prefix + "output.bias", 0, values);
  }
}
