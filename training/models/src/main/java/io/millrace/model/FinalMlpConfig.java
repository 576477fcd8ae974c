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

  @Override
  public CtrModel model(Engine engine, int fields, int dim, int rowWidth) {
    DjlModel reference = model(fields, dim, rowWidth);
    return engine == Engine.DJL
        ? reference
        : new KernelModel(reference, names -> new KernelFinalMlp(this, fields, dim, names));
  }

  @Override
  public DjlModel model(int fields, int dim, int rowWidth) {
    return DjlModel.of(
        fields,
        dim,
        specs -> {
          requireFields("firstContext", firstContext, fields);
          requireFields("secondContext", secondContext, fields);
          return new DjlFinalMlpGraph(this, fields, dim, specs);
        });
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
}
