package io.millrace.optimizer;

/** Range checks of optimizer settings, so that each message reads alike. */
final class Settings {
  private Settings() {}

  static void requirePositive(String name, float value) {
    if (!(value > 0) || Float.isInfinite(value)) {
      throw new IllegalArgumentException(name + ": " + value + ", expected a finite value above 0");
    }
  }

  static void requireNotNegative(String name, float value) {
    if (!(value >= 0) || Float.isInfinite(value)) {
      throw new IllegalArgumentException(
          name + ": " + value + ", expected a finite value of at least 0");
    }
  }

  static void requireDecay(String name, float value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + ": " + value + ", expected 0 <= " + name + " < 1");
    }
  }
}
