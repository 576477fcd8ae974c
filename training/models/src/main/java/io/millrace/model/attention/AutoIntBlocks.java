package io.millrace.model.attention;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Matrix;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.TensorNumbers;
import io.millrace.model.layer.KernelPass;
import java.util.ArrayList;
import java.util.List;

/**
 * An AutoInt whose blocks of examples lie in one way. Goes through all layers block by block, so
 * that a block's values stay in the caches. Shapes: S stride of {@link BlockColumns}.
 */
final class AutoIntBlocks {
  private final BlockColumns layout;
  private final int dim;
  private final int bias;
  private final AutoIntEnds ends;
  private final List<KernelAttention> layers = new ArrayList<>();
  private final BlockMemory memory = new BlockMemory();
  private final BlockMemory.Part raw; // [D, S] field vectors
  private final BlockMemory.Part vectors; // [D, S] the same with the field embedding
  private final BlockMemory.Part d; // [A, S]
  private final Matrix dx;
  private float[][] weights = new float[0][];
  private boolean isLoaded;

  AutoIntBlocks(AutoIntConfig config, BlockColumns layout, int dim, TensorNumbers numbers) {
    this.layout = layout;
    this.dim = dim;
    this.bias = numbers.of("bias");
    this.ends = AutoIntEnds.of(config, layout, dim, numbers);
    this.raw = memory.matrixOfEachBlock(layout.size(dim));
    this.vectors = config.fieldEmbedding() ? memory.matrixOfEachBlock(layout.size(dim)) : raw;
    BlockMemory.Part passing = memory.matrix(layout.size(KernelAttention.rows(config)));
    int in = dim;
    for (int l = 0; l < config.layers(); l++) {
      boolean keeps = l == 0 && layout.byField();
      String prefix = "layer" + l + ".";
      layers.add(new KernelAttention(config, layout, memory, passing, keeps, in, prefix, numbers));
      in = config.width();
    }
    this.d = memory.matrix(layout.size(config.width()));
    this.dx = new Matrix(Columns.of(dim));
  }

  /** Examples of whole blocks for which so many floats are kept, those of one block at least. */
  int examplesWithin(int floats) {
    return Math.max(1, floats / memory.sizeOfBlock()) * layout.examples();
  }

  /** Takes the weights of the passes that follow. */
  void load(float[][] all) {
    weights = all;
    isLoaded = false;
  }

  /** Only if there is a pass: an AutoInt has its examples lie in two ways, and a step needs one. */
  private void load() {
    if (isLoaded) {
      return;
    }
    ends.load(weights);
    for (KernelAttention layer : layers) {
      layer.load(weights);
    }
    isLoaded = true;
  }

  /**
   * Computes logits of some of a pass's examples, of all of them in a learning step, and keeps what
   * {@link #backward} needs then.
   *
   * @param x field vectors of the pass, from {@code from} on
   * @param begin the first of the examples
   * @param end the first that is none of them
   * @param logits [B, 1]
   */
  void forward(KernelPass pass, float[] x, int from, int begin, int end, Matrix logits) {
    load();
    memory.reserve(pass.training() ? layout.blocks(pass.batch()) : 1);
    for (KernelAttention layer : layers) {
      layer.begin(pass);
    }
    for (int first = begin; first < end; first += layout.examples()) {
      int count = Math.min(layout.examples(), end - first);
      int block = pass.training() ? first / layout.examples() : 0;
      int of = from + first * layout.fields() * dim;
      ends.take(x, of, count, memory.values(), raw.at(block), vectors.at(block));
      int at = vectors.at(block);
      // what the first layer knows of fields that all examples share is there after the first block
      boolean[] kept = first > begin && layout.byField() ? pass.shared() : null;
      for (KernelAttention layer : layers) {
        layer.forward(pass, at, block, first, count, kept);
        at = layer.outAt(block);
        kept = null;
      }
      ends.logits(memory.values(), at, raw.at(block), count, weights[bias][0], logits, first);
    }
  }

  /** The attention of the last {@link #forward}, a prediction of one example [L, H, F, F]. */
  float[][][][] attention(KernelPass pass) {
    return layers.stream().map(layer -> layer.attention(pass)).toArray(float[][][][]::new);
  }

  /**
   * The backward pass of a learning step's {@link #forward}.
   *
   * @param dLogits [B, 1]
   * @param gradients of the tensors, overwritten
   * @return gradient with respect to the rows of all field vectors
   */
  Matrix backward(KernelPass pass, Matrix dLogits, float[][] gradients) {
    ends.beginBackward();
    for (KernelAttention layer : layers) {
      layer.beginBackward();
    }
    float total = 0;
    for (int b = 0; b < pass.batch(); b++) {
      total += dLogits.values()[b * dLogits.stride()];
    }
    gradients[bias][0] = total;
    dx.rows(pass.batch() * layout.fields());
    for (int first = 0; first < pass.batch(); first += layout.examples()) {
      int count = Math.min(layout.examples(), pass.batch() - first);
      backward(pass, dLogits, first, count);
    }
    ends.endBackward(gradients);
    for (KernelAttention layer : layers) {
      layer.endBackward(gradients);
    }
    return dx;
  }

  private void backward(KernelPass pass, Matrix dLogits, int first, int count) {
    int block = first / layout.examples();
    KernelAttention last = layers.get(layers.size() - 1);
    int de = d.at();
    ends.addOutput(dLogits, first, count, memory.values(), last.outAt(block), de);
    for (int l = layers.size() - 1; l >= 0; l--) {
      int from = l == 0 ? vectors.at(block) : layers.get(l - 1).outAt(block);
      de = layers.get(l).backward(pass, from, de, block, first, count);
    }
    ends.give(memory.values(), de, raw.at(block), dLogits, first, count, dx);
  }
}
