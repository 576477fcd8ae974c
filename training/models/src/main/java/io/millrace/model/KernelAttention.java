package io.millrace.model;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import java.util.Arrays;

/**
 * The attention of one layer: from each field's query, key, value and residual to {@code
 * ReLU(attention + residual)}, head by head. Scores lie transposed, [key field, query field], so
 * that a softmax goes down columns and no sum runs across a vector. Fields that have no value are
 * attended to with weight 0; their own rows are left to the caller.
 */
final class KernelAttention {
  private static final int QUERY = 0;
  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int RESIDUAL = 3;

  /** A score so low that softmax gives it nothing. */
  private static final float NEVER = -1e30f;

  private final Kernels kernels = Kernels.best();
  private final AutoIntConfig config;
  private final int fields;
  private final int head; // padded values of one head
  private final int lanes; // padded fields
  private final float scale;
  private final KernelDropout dropout = new KernelDropout();
  private final Matrix attention; // [B·H·F, F], key by query
  private final Matrix dropped;
  private final Matrix out;
  private final Matrix dProjected;
  private final float[] turned; // [headDim, F]
  private final float[] dScores; // [F, F]
  private final float[] zeros;
  private Matrix projected;
  private Matrix used;
  private float[] mask = new float[0];
  private boolean drops;

  KernelAttention(AutoIntConfig config, int fields) {
    this.config = config;
    this.fields = fields;
    Columns scores = Columns.grouped(1, fields);
    Columns heads = Columns.grouped(config.heads(), config.headDim());
    Columns projections = projections(config);
    this.head = heads.padded();
    this.lanes = scores.width();
    this.scale = config.scaled() ? (float) (1 / Math.sqrt(config.headDim())) : 1;
    this.attention = new Matrix(scores);
    this.dropped = new Matrix(scores);
    this.out = new Matrix(heads);
    this.dProjected = new Matrix(projections);
    this.turned = new float[config.headDim() * lanes];
    this.dScores = new float[fields * lanes];
    this.zeros = new float[Math.max(head, lanes)];
    this.projected = dProjected;
    this.used = attention;
  }

  /** How projections lie: query, key, value and residual of each head, each padded. */
  static Columns projections(AutoIntConfig config) {
    return Columns.grouped(config.projections() * config.heads(), config.headDim());
  }

  /**
   * @param p projections [B·F, K·A]; must not change until the backward pass
   * @return [B·F, A]
   */
  Matrix forward(KernelPass pass, Matrix p) {
    projected = p;
    out.rows(p.rows());
    int slices = pass.batch() * config.heads();
    attention.rows(slices * fields);
    drops = pass.dropsOut(config.attentionDropout());
    used = attention;
    if (drops) {
      mask = dropout.mask(pass, config.attentionDropout(), slices * fields * fields);
      used = dropped.rows(attention.rows());
    }
    for (int s = 0; s < slices; s++) {
      score(s);
    }
    fillMissing(pass, NEVER);
    kernels.softmax(attention.values(), 0, slices, fields, lanes);
    fillMissing(pass, 0);
    if (drops) {
      System.arraycopy(attention.values(), 0, dropped.values(), 0, slices * fields * lanes);
    }
    for (int s = 0; s < slices; s++) {
      if (drops) {
        dropOut(s, dropped.values(), s * fields * lanes);
      }
      mix(s);
    }
    kernels.relu(out.values(), 0, out.rows() * out.stride());
    return out;
  }

  /** Sets what is paid to keys that have no value. */
  private void fillMissing(KernelPass pass, float value) {
    if (!pass.anyMissing()) {
      return;
    }
    int heads = config.heads();
    for (int row = 0; row < pass.batch() * fields; row++) {
      if (pass.missing(row)) {
        for (int h = 0; h < heads; h++) {
          int slice = row / fields * heads + h;
          int at = (slice * fields + row % fields) * lanes;
          Arrays.fill(attention.values(), at, at + lanes, value);
        }
      }
    }
  }

  /** Scaled scores of a slice, an example's head. */
  private void score(int slice) {
    int at = slice * fields * lanes;
    turn(projected.values(), part(QUERY, slice), projected.stride(), scale);
    byTurned(projected.values(), part(KEY, slice), projected.stride(), attention.values(), at);
  }

  /** Values by shares, plus the residual. */
  private void mix(int slice) {
    int stride = projected.stride();
    boolean residual = config.residual();
    kernels.multiply(
        fields,
        head,
        fields,
        used.values(),
        slice * fields * lanes,
        1,
        lanes,
        projected.values(),
        part(VALUE, slice),
        stride,
        residual ? projected.values() : zeros,
        residual ? part(RESIDUAL, slice) : 0,
        residual ? stride : 0,
        out.values(),
        result(slice),
        out.stride());
  }

  /**
   * @param dOut [B·F, A], overwritten
   * @return [B·F, K·A]
   */
  Matrix backward(Matrix dOut) {
    kernels.reluBackward(out.values(), dOut.values(), 0, dOut.rows() * dOut.stride(), 1);
    dProjected.rows(projected.rows());
    int slices = attention.rows() / fields;
    for (int s = 0; s < slices; s++) {
      backward(s, dOut);
    }
    return dProjected;
  }

  private void backward(int slice, Matrix dOut) {
    int at = slice * fields * lanes;
    float[] d = dOut.values();
    float[] dp = dProjected.values();
    int stride = projected.stride();
    int from = result(slice);
    if (config.residual()) {
      int to = part(RESIDUAL, slice);
      for (int i = 0; i < fields; i++) {
        System.arraycopy(d, from + i * dOut.stride(), dp, to + i * stride, head);
      }
    }
    bySlice(used.values(), at, lanes, 1, d, from, dOut.stride(), part(VALUE, slice));
    turn(d, from, dOut.stride(), 1);
    byTurned(projected.values(), part(VALUE, slice), stride, dScores, 0);
    if (drops) {
      dropOut(slice, dScores, 0);
    }
    kernels.softmaxBackward(attention.values(), at, dScores, 0, 1, fields, lanes);
    for (int i = 0; i < dScores.length; i++) {
      dScores[i] *= scale;
    }
    float[] p = projected.values();
    bySlice(dScores, 0, 1, lanes, p, part(KEY, slice), stride, part(QUERY, slice));
    bySlice(dScores, 0, lanes, 1, p, part(QUERY, slice), stride, part(KEY, slice));
  }

  /** {@code turned[c][i] = factor · values[i][c]}. */
  private void turn(float[] values, int from, int stride, float factor) {
    int size = config.headDim();
    for (int i = 0; i < fields; i++) {
      int at = from + i * stride;
      for (int c = 0; c < size; c++) {
        turned[c * lanes + i] = factor * values[at + c];
      }
    }
  }

  /** {@code to[k][i] = Σ_c rows[k][c] · turned[c][i]}. */
  private void byTurned(float[] rows, int from, int stride, float[] to, int at) {
    kernels.multiply(
        fields,
        lanes,
        config.headDim(),
        rows,
        from,
        stride,
        1,
        turned,
        0,
        lanes,
        zeros,
        0,
        0,
        to,
        at,
        lanes);
  }

  /** To a part of the projections' gradient: rows of a head, weighted by a slice's scores. */
  private void bySlice(
      float[] scores, int at, int i, int k, float[] rows, int from, int stride, int to) {
    kernels.multiply(
        fields,
        head,
        fields,
        scores,
        at,
        i,
        k,
        rows,
        from,
        stride,
        zeros,
        0,
        0,
        dProjected.values(),
        to,
        dProjected.stride());
  }

  /** Masks lie query by key, unlike scores. */
  private void dropOut(int slice, float[] scores, int at) {
    for (int k = 0; k < fields; k++) {
      for (int i = 0; i < fields; i++) {
        scores[at + k * lanes + i] *= mask[(slice * fields + i) * fields + k];
      }
    }
  }

  /** Where a part of a slice's projections begins. */
  private int part(int part, int slice) {
    int heads = config.heads();
    int example = slice / heads;
    return example * fields * projected.stride() + (part * heads + slice % heads) * head;
  }

  private int result(int slice) {
    int heads = config.heads();
    return slice / heads * fields * out.stride() + slice % heads * head;
  }
}
