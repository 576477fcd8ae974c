package io.millrace.inference;

/**
 * How well an effect is known.
 *
 * @param units in both arms
 * @param variance of the estimate
 * @param degreesOfFreedom of Student's distribution, infinite for the normal one
 */
public record Precision(long units, double variance, double degreesOfFreedom) {
  public Precision {
    if (units < 1 || !(variance > 0) || !(degreesOfFreedom > 0)) {
      throw new IllegalArgumentException(
          "an estimate has units, variance and degrees of freedom above 0, not %d, %s and %s"
              .formatted(units, variance, degreesOfFreedom));
    }
  }
}
