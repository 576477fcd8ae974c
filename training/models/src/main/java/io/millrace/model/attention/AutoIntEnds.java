package io.millrace.model.attention;

import io.millrace.kernel.Matrix;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.TensorNumbers;

/**
 * What lies before and behind the layers of an {@link AutoIntBlocks}: field vectors and field
 * embedding in, output and wide term out, and their backward passes, block by block. Shapes: D
 * values of a field vector, A width of a layer, S stride of {@link BlockColumns}.
 */
abstract class AutoIntEnds {
  final FieldTensor output; // [F, A]
  final FieldTensor wide; // [F, D]
  final FieldTensor embedding; // [F, D]

  /**
   * @param row as in {@link FieldTensor}
   * @param repeats as in {@link FieldTensor}
   */
  AutoIntEnds(AutoIntConfig config, int dim, TensorNumbers numbers, int row, int repeats) {
    int wideNumber = config.wide() ? numbers.of("wide") : FieldTensor.OFF;
    int embeddingNumber = config.fieldEmbedding() ? numbers.of("field_embedding") : FieldTensor.OFF;
    this.output = new FieldTensor(numbers.of("output"), config.width(), row, repeats);
    this.wide = new FieldTensor(wideNumber, dim, row, repeats);
    this.embedding = new FieldTensor(embeddingNumber, dim, row, repeats);
  }

  /** Those for a layout. */
  static AutoIntEnds of(AutoIntConfig config, BlockColumns layout, int dim, TensorNumbers numbers) {
    if (layout instanceof FieldColumns fields) {
      return new FieldEnds(config, fields, dim, numbers);
    }
    return new ExampleEnds(config, (ExampleColumns) layout, dim, numbers);
  }

  /** Takes the weights of the passes that follow. */
  final void load(float[][] weights) {
    output.load(weights);
    wide.load(weights);
    embedding.load(weights);
  }

  /**
   * Takes a block's field vectors.
   *
   * @param x the block's field vectors, from {@code from} on
   * @param count examples of the block
   * @param memory where everything else lies
   * @param raw where field vectors go [D, S]
   * @param vectors where those with the field embedding go, {@code raw} if there is none
   */
  abstract void take(float[] x, int from, int count, float[] memory, int raw, int vectors);

  /**
   * Logits of a block.
   *
   * @param e where what the last layer gave begins [A, S]
   * @param raw as in {@link #take}
   * @param first row of the block's first example in {@code logits}
   */
  abstract void logits(
      float[] memory, int e, int raw, int count, float bias, Matrix logits, int first);

  /** Forgets the gradients of earlier steps. */
  final void beginBackward() {
    output.clearGradient();
    wide.clearGradient();
    embedding.clearGradient();
  }

  /**
   * The output's backward pass.
   *
   * @param e as in {@link #logits}
   * @param d where the gradient with respect to e goes [A, S]
   */
  abstract void addOutput(Matrix dLogits, int first, int count, float[] memory, int e, int d);

  /**
   * The field embedding's and the wide term's backward pass.
   *
   * @param de where the gradient with respect to field vectors begins [D, S], overwritten
   * @param raw as in {@link #take}
   * @param dx gradient with respect to the rows of all field vectors, the block's written
   */
  abstract void give(
      float[] memory, int de, int raw, Matrix dLogits, int first, int count, Matrix dx);

  /** Writes the gradients of all blocks since {@link #beginBackward}. */
  final void endBackward(float[][] gradients) {
    output.store(gradients);
    wide.store(gradients);
    embedding.store(gradients);
  }
}
