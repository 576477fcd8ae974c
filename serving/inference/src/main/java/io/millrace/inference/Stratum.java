package io.millrace.inference;

/**
 * The units of one class, known before the experiment (country, device), in both arms.
 *
 * @param name what reports call it
 */
public record Stratum(String name, Moments control, Moments treatment) {
  long units() {
    return control.count() + treatment.count();
  }

  long fewest() {
    return Math.min(control.count(), treatment.count());
  }

  static Stratum together(String name, Stratum a, Stratum b) {
    return new Stratum(
        name, Moments.sum(a.control, b.control), Moments.sum(a.treatment, b.treatment));
  }
}
