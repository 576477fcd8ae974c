package io.millrace.model.attention;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Transposition;
import java.util.Arrays;

/**
 * The gradient of a layer's projections, summed over a step's blocks. Where examples are in lanes
 * and field vectors narrow, it is kept lane by lane and summed over the lanes once a step: a row of
 * the tensor would be too short for the product's blocks.
 *
 * <p>Shapes: R rows, I values of a field vector, L lanes, S stride of {@link BlockColumns}.
 */
final class ProjectionGradients {
  /** The widest field vectors that are summed lane by lane. */
  private static final int NARROW = 16;

  private final Kernels kernels = Kernels.best();
  private final BlockColumns layout;
  private final BlockMemory memory;
  private final int rows;
  private final int in;
  private final int inWidth; // padded
  private final boolean byLanes;
  private final BlockMemory.Part sums; // [R, I, L]
  private final BlockMemory.Part others; // the same: sums go from one to the other
  private final float[] turned; // [S, I], padded
  private final float[] gradient; // [R, I], padded
  private boolean swapped;
  private boolean any;

  ProjectionGradients(BlockColumns layout, BlockMemory memory, int rows, int in) {
    this.layout = layout;
    this.memory = memory;
    this.rows = rows;
    this.in = in;
    this.inWidth = Columns.of(in).width();
    this.byLanes = layout instanceof ExampleColumns && in <= NARROW;
    int size = byLanes ? rows * in * layout.examples() : 0;
    this.sums = memory.matrix(size);
    this.others = memory.matrix(size);
    this.turned = new float[byLanes ? 0 : layout.stride() * inWidth];
    this.gradient = new float[byLanes ? 0 : rows * inWidth];
  }

  /** Forgets the gradients of earlier steps. */
  void begin() {
    any = false;
    Arrays.fill(gradient, 0);
  }

  /**
   * Adds a block's.
   *
   * @param d where in the memory the gradient with respect to the projections begins [R, S]
   * @param from where the field vectors begin [I, S]
   * @param count examples of the block
   */
  void add(int d, int from, int count) {
    if (byLanes) {
      addByLanes(d, from);
    } else {
      addByRows(d, from, layout.used(count));
    }
  }

  private void addByLanes(int d, int from) {
    float[] x = memory.values();
    int lanes = layout.examples();
    int stride = layout.stride();
    int before = (swapped ? others : sums).at();
    swapped = !swapped;
    kernels.multiplyLanes(
        rows,
        in,
        layout.fields(),
        lanes,
        x,
        d,
        stride,
        lanes,
        x,
        from,
        stride,
        lanes,
        any ? x : Kernels.NOTHING,
        before,
        in * lanes,
        lanes,
        x,
        (swapped ? others : sums).at(),
        in * lanes,
        lanes);
    any = true;
  }

  private void addByRows(int d, int from, int columns) {
    float[] x = memory.values();
    Transposition.copy(in, columns, x, from, layout.stride(), turned, 0, inWidth);
    kernels.multiply(
        rows,
        inWidth,
        columns,
        x,
        d,
        layout.stride(),
        1,
        turned,
        0,
        inWidth,
        gradient,
        0,
        inWidth,
        gradient,
        0,
        inWidth);
  }

  /**
   * Writes the sum.
   *
   * @param to [R, I]
   */
  void store(float[] to) {
    if (!byLanes) {
      for (int r = 0; r < rows; r++) {
        System.arraycopy(gradient, r * inWidth, to, r * in, in);
      }
      return;
    }
    float[] x = memory.values();
    int lanes = layout.examples();
    int at = (swapped ? others : sums).at();
    for (int i = 0; i < rows * in; i++) {
      to[i] = kernels.sum(lanes, x, at + i * lanes);
    }
  }
}
