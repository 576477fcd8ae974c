package io.millrace.experiment;

/**
 * A part of a layer, which GrowthBook calls a namespace: experiments of one layer share no unit.
 *
 * @param name of the layer
 * @param from where the experiment's part of [0, 1) begins
 * @param to where it ends
 */
public record Layer(String name, double from, double to) {

  /** Whether two parts have units in common. */
  public boolean overlaps(Layer other) {
    return name.equals(other.name) && from < other.to && other.from < to;
  }
}
