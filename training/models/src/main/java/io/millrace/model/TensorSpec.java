package io.millrace.model;

/**
 * A dense tensor of a model.
 *
 * @param name unique within the model, part of the published format
 * @param shape row-major
 * @param init how a fresh model fills it
 * @param role how its values change
 */
public record TensorSpec(String name, int[] shape, Init init, Role role) {

  /** A tensor that is learned by gradient. */
  public TensorSpec(String name, int[] shape, Init init) {
    this(name, shape, init, new Role.Weight());
  }

  /** Initial values: all equal, uniform, or Xavier uniform over the given fans. */
  public sealed interface Init {
    /** All elements equal. */
    record Constant(float value) implements Init {}

    /** Uniform within so much of a middle. */
    record Uniform(float middle, float bound) implements Init {}

    /** Uniform in ±gain·sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, AISTATS 2010, eq. 16). */
    record XavierUniform(int fanIn, int fanOut, double gain) implements Init {
      public XavierUniform(int fanIn, int fanOut) {
        this(fanIn, fanOut, 1);
      }
    }
  }

  /** Where a tensor's new values come from. It is published with the others, whatever its role. */
  public sealed interface Role {
    /** From its gradient, by an optimizer. */
    record Weight() implements Role {}

    /**
     * From the batches' statistics, of which it is an exponential moving average: {@code running +=
     * momentum (batch − running)}. In the place of its gradient, {@link
     * CtrModel.Workspace#backward} gives the statistic of the batch.
     *
     * @param momentum share of the newest batch, in (0, 1]
     */
    record RunningStatistic(float momentum) implements Role {
      public RunningStatistic {
        if (!(momentum > 0 && momentum <= 1)) {
          throw new IllegalArgumentException("momentum: " + momentum + ", expected (0, 1]");
        }
      }

      /** Moves the running values towards those of a batch. */
      public void blend(float[] running, float[] batch) {
        for (int i = 0; i < running.length; i++) {
          running[i] += momentum * (batch[i] - running[i]);
        }
      }
    }
  }

  /** Number of elements. */
  public int size() {
    int n = 1;
    for (int s : shape) {
      n *= s;
    }
    return n;
  }
}
