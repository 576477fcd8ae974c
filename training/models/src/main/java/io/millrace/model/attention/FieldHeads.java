package io.millrace.model.attention;

import io.millrace.kernel.Transposition;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.layer.KernelPass;
import java.util.Arrays;

/**
 * Attention of one example after the other: scores lie as [key field, query field], so that a
 * softmax goes down columns and no sum runs across a vector. Shapes: L lanes, S stride of {@link
 * FieldColumns}.
 */
final class FieldHeads extends AttentionHeads {
  private final FieldColumns layout;
  private final int slice;
  private final BlockMemory.Part shares; // of each example and head [F, L]
  private final BlockMemory.Part dropped; // the same after dropout
  private final float[] dShares; // [F, L]
  private final float[] turned; // [F, L]
  private final float[] zeros;

  FieldHeads(AutoIntConfig config, FieldColumns layout, BlockMemory memory) {
    super(config, layout.fields(), memory);
    this.layout = layout;
    this.slice = layout.fields() * layout.lanes();
    int slices = layout.examples() * config.heads();
    this.shares = memory.matrixOfEachBlock(slices * slice);
    int room = config.attentionDropout() > 0 ? slices * slice : 0;
    this.dropped = memory.matrixOfEachBlock(room);
    this.dShares = new float[slice];
    this.turned = new float[slice];
    this.zeros = new float[layout.stride()];
  }

  @Override
  void forward(KernelPass pass, int p, int out, int block, int first, int count) {
    for (int example = 0; example < count; example++) {
      for (int head = 0; head < config.heads(); head++) {
        attend(pass, p, out, block, first, example, head);
      }
    }
  }

  private void attend(
      KernelPass pass, int from, int out, int block, int first, int example, int head) {
    float[] p = memory.values();
    int fields = layout.fields();
    int lanes = layout.lanes();
    int stride = layout.stride();
    int size = config.headDim();
    int query = from + part(QUERY, head, example);
    int key = from + part(KEY, head, example);
    int at = slice(shares, block, example, head);
    kernels.multiply(
        fields, lanes, size, p, key, 1, stride, p, query, stride, zeros, 0, 0, p, at, lanes);
    fillMissing(pass, first + example, p, at, NEVER);
    kernels.softmax(p, at, 1, fields, lanes);
    fillMissing(pass, first + example, p, at, 0);
    if (drops()) {
      int to = slice(dropped, block, example, head);
      System.arraycopy(p, at, p, to, fields * lanes);
      dropOut(first + example, head, p, to);
      at = to;
    }
    boolean residual = config.residual();
    float[] rest = residual ? p : zeros;
    int restAt = residual ? from + part(RESIDUAL, head, example) : 0;
    int value = from + part(VALUE, head, example);
    kernels.multiply(
        size,
        lanes,
        fields,
        p,
        value,
        stride,
        1,
        p,
        at,
        lanes,
        rest,
        restAt,
        residual ? stride : 0,
        p,
        out + part(0, head, example),
        stride);
  }

  @Override
  void backward(int p, int d, int dp, int block, int first, int count) {
    for (int example = 0; example < count; example++) {
      for (int head = 0; head < config.heads(); head++) {
        attendBackward(p, d, dp, block, first, example, head);
      }
    }
  }

  private void attendBackward(
      int from, int d, int dp, int block, int first, int example, int head) {
    float[] p = memory.values();
    int fields = layout.fields();
    int lanes = layout.lanes();
    int stride = layout.stride();
    int size = config.headDim();
    int at = slice(shares, block, example, head);
    int out = d + part(0, head, example);
    turn(p, drops() ? slice(dropped, block, example, head) : at);
    byTurned(out, dp + part(VALUE, head, example));
    int value = from + part(VALUE, head, example);
    kernels.multiply(
        fields, lanes, size, p, value, 1, stride, p, out, stride, zeros, 0, 0, dShares, 0, lanes);
    if (drops()) {
      dropOut(first + example, head, dShares, 0);
    }
    kernels.softmaxBackward(p, at, dShares, 0, 1, fields, lanes);
    kernels.multiply(
        size,
        lanes,
        fields,
        p,
        from + part(KEY, head, example),
        stride,
        1,
        dShares,
        0,
        lanes,
        zeros,
        0,
        0,
        p,
        dp + part(QUERY, head, example),
        stride);
    turn(dShares, 0);
    byTurned(from + part(QUERY, head, example), dp + part(KEY, head, example));
  }

  @Override
  float predictedShare(int head, int query, int key) {
    return memory.values()[slice(shares, 0, 0, head) + key * layout.lanes() + query];
  }

  /** To the projections' gradient: rows of values, weighted by what was turned. */
  private void byTurned(int from, int to) {
    float[] values = memory.values();
    int lanes = layout.lanes();
    int stride = layout.stride();
    kernels.multiply(
        config.headDim(),
        lanes,
        layout.fields(),
        values,
        from,
        stride,
        1,
        turned,
        0,
        lanes,
        zeros,
        0,
        0,
        values,
        to,
        stride);
  }

  /** {@code turned[i][k] = scores[k][i]}. */
  private void turn(float[] scores, int at) {
    int lanes = layout.lanes();
    Transposition.copy(layout.fields(), layout.fields(), scores, at, lanes, turned, 0, lanes);
  }

  /** Sets what is paid to an example's keys that have no value. */
  private void fillMissing(KernelPass pass, int example, float[] s, int at, float value) {
    if (!pass.anyMissing()) {
      return;
    }
    int lanes = layout.lanes();
    for (int k = 0; k < layout.fields(); k++) {
      if (pass.missing(example * layout.fields() + k)) {
        Arrays.fill(s, at + k * lanes, at + (k + 1) * lanes, value);
      }
    }
  }

  private void dropOut(int example, int head, float[] scores, int at) {
    int fields = layout.fields();
    for (int k = 0; k < fields; k++) {
      for (int i = 0; i < fields; i++) {
        scores[at + k * layout.lanes() + i] *= dropoutFactor(example, head, i, k);
      }
    }
  }

  /** Where a part of an example's projections begins, from the block's begin on. */
  private int part(int part, int head, int example) {
    return AttentionHeads.row(config, part, head) * layout.stride() + layout.column(example, 0);
  }

  private int slice(BlockMemory.Part part, int block, int example, int head) {
    return part.at(block) + (example * config.heads() + head) * slice;
  }
}
