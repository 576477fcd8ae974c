package io.millrace.inference.offpolicy;

import java.util.SplittableRandom;

/**
 * A log whose truth is known: contexts of five kinds, four actions, both policies depend on the
 * context, and the reward model is wrong.
 *
 * @param value the true mean reward of the target
 */
record SimulatedLog(LoggedRounds rounds, double value) {
  private static final int CONTEXTS = 5;
  private static final int ACTIONS = 4;

  static SimulatedLog draw(int rounds, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] reward = new double[rounds];
    double[] propensity = new double[rounds];
    double[] target = new double[rounds];
    double[] predicted = new double[rounds];
    double[] predictedOfTarget = new double[rounds];
    for (int t = 0; t < rounds; t++) {
      int context = random.nextInt(CONTEXTS);
      int action = 0;
      double draw = random.nextDouble();
      while (action < ACTIONS - 1 && draw >= logging(context, action)) {
        draw -= logging(context, action);
        action++;
      }
      reward[t] = random.nextDouble() < mean(context, action) ? 1 : 0;
      propensity[t] = logging(context, action);
      target[t] = target(context, action);
      predicted[t] = model(context, action);
      for (int a = 0; a < ACTIONS; a++) {
        predictedOfTarget[t] += target(context, a) * model(context, a);
      }
    }
    double value = 0;
    for (int context = 0; context < CONTEXTS; context++) {
      for (int action = 0; action < ACTIONS; action++) {
        value += target(context, action) * mean(context, action) / CONTEXTS;
      }
    }
    return new SimulatedLog(
        new LoggedRounds(reward, propensity, target, predicted, predictedOfTarget), value);
  }

  private static double mean(int context, int action) {
    return 0.1 + 0.15 * ((context + 2 * action) % 5);
  }

  private static double model(int context, int action) {
    return 0.25 + 0.1 * ((context + 2 * action) % 5) - 0.05 * context;
  }

  private static double logging(int context, int action) {
    return (1.0 + (context + action) % ACTIONS) / 10;
  }

  private static double target(int context, int action) {
    return (context + 2 * action) % 5 >= 3 || action == 0 ? share(context) : 0.05;
  }

  private static double share(int context) {
    int favoured = 0;
    for (int action = 0; action < ACTIONS; action++) {
      favoured += (context + 2 * action) % 5 >= 3 || action == 0 ? 1 : 0;
    }
    return (1 - 0.05 * (ACTIONS - favoured)) / favoured;
  }
}
