package io.millrace.model.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.TensorNumbers;
import org.jspecify.annotations.Nullable;

/**
 * The networks of {@link JepaConfig}. Tokens: one that is learned and stands first, then one for
 * each field, a linear map of its vector with a sinusoidal position. The encoder sees the context
 * alone; a narrower predictor sees what the encoder made of it and, for each field of a target, a
 * learned mask token with the field's position; the loss is the mean square of what it gives there
 * against the target's representation. Who trains gets the latter from a prediction with the
 * exponential moving average of the weights, so no gradient reaches that.
 *
 * <p>Tensors: {@code first} [1, h]; {@code token.} of {@link DjlLinear}; {@code encoder.} of {@link
 * DjlTransformer}; {@code head.norm0.}, {@code head.} and {@code head.norm1.}; {@code
 * predictor.in.}, {@code predictor.mask} [1, p], {@code predictor.}, {@code predictor.norm.},
 * {@code predictor.out.}.
 */
final class DjlJepaGraph implements DjlGraph {
  private static final float UNSEEN = -1e9f;
  private static final double ENCODER_BASE = 100;
  private static final double PREDICTOR_BASE = 10_000;

  private final JepaConfig config;
  private final int fields;
  private final int dim;
  private final int first;
  private final DjlLinear token;
  private final DjlTransformer encoder;
  private final DjlLayerNorm headIn;
  private final DjlLinear head;
  private final DjlLayerNorm headOut;
  private final DjlLinear predictorIn;
  private final int mask;
  private final DjlTransformer predictor;
  private final DjlLayerNorm predictorNorm;
  private final DjlLinear predictorOut;

  DjlJepaGraph(JepaConfig config, int fields, int dim, TensorNumbers tensors) {
    this.config = config;
    this.fields = fields;
    this.dim = dim;
    int h = config.width();
    int p = config.predictorWidth();
    this.first = tensors.of("first");
    this.token = new DjlLinear("token.", tensors);
    this.encoder = new DjlTransformer("encoder.", h, config.layers(), config.heads(), tensors);
    this.headIn = new DjlLayerNorm("head.norm0.", h, tensors);
    this.head = new DjlLinear("head.", tensors);
    this.headOut = new DjlLayerNorm("head.norm1.", h, tensors);
    this.predictorIn = new DjlLinear("predictor.in.", tensors);
    this.mask = tensors.of("predictor.mask");
    this.predictor =
        new DjlTransformer(
            "predictor.", p, config.predictorLayers(), config.predictorHeads(), tensors);
    this.predictorNorm = new DjlLayerNorm("predictor.norm.", p, tensors);
    this.predictorOut = new DjlLinear("predictor.out.", tensors);
  }

  @Override
  public PtNDArray logits(DjlPass pass, PtNDArray x) {
    PtNDArray vectors = JniUtils.slice(x, 1, 0, fields, 1);
    if (!pass.training()) {
      PtNDArray encoded = encode(pass, vectors, null);
      PtNDArray ofFields = JniUtils.slice(encoded, 1, 1, fields + 1L, 1);
      // a slice lies scattered: an operation gives it a place of its own to be read from
      pass.report(JepaConfig.REPRESENTATION, pass.scale(ofFields, 1));
      return JniUtils.sum(JniUtils.slice(encoded, 1, 0, 1, 1), new long[] {2}, false);
    }
    JepaMasks masks = pass.masks(config, fields);
    long all = x.getShape().get(1);
    PtNDArray targets =
        JniUtils.reshape(
            JniUtils.slice(x, 1, fields, all, 1),
            new long[] {pass.batch(), fields, config.width()});
    return loss(pass, masks, encode(pass, vectors, masks), targets);
  }

  /**
   * @param vectors [B, F, D]
   * @param masks whose context is seen; null if everything is
   * @return [B, 1 + F, h]
   */
  private PtNDArray encode(DjlPass pass, PtNDArray vectors, @Nullable JepaMasks masks) {
    int batch = pass.batch();
    int h = config.width();
    PtNDArray flat = JniUtils.reshape(vectors, new long[] {(long) batch * fields, dim});
    PtNDArray ofFields = JniUtils.reshape(token.apply(pass, flat), new long[] {batch, fields, h});
    PtNDArray start =
        JniUtils.tile(
            JniUtils.reshape(pass.tensor(first), new long[] {1, 1, h}), new long[] {batch, 1, 1});
    PtNDArray tokens = JniUtils.cat(new PtNDArray[] {start, ofFields}, 1);
    tokens = JniUtils.add(tokens, positions(pass, tokens, 0, h, ENCODER_BASE));
    PtNDArray hidden = masks == null ? null : hiddenFromEncoder(pass, tokens, masks);
    PtNDArray e =
        encoder.apply(pass, JniUtils.reshape(tokens, new long[] {-1, h}), fields + 1L, hidden);
    e = headOut.apply(pass, head.apply(pass, headIn.apply(pass, e)));
    return JniUtils.reshape(e, new long[] {batch, fields + 1L, h});
  }

  /**
   * @param context [B, 1 + F, h]
   * @param targets [B, F, h]
   * @return [B, 1]
   */
  private PtNDArray loss(DjlPass pass, JepaMasks masks, PtNDArray context, PtNDArray targets) {
    int batch = pass.batch();
    int p = config.predictorWidth();
    long length = 2L * fields + 1;
    PtNDArray seen =
        JniUtils.reshape(
            predictorIn.apply(pass, JniUtils.reshape(context, new long[] {-1, config.width()})),
            new long[] {batch, fields + 1L, p});
    seen = JniUtils.add(seen, positions(pass, seen, 0, p, PREDICTOR_BASE));
    PtNDArray places = positions(pass, seen, 1, p, PREDICTOR_BASE);
    PtNDArray asked =
        JniUtils.tile(
            JniUtils.add(JniUtils.reshape(pass.tensor(mask), new long[] {1, 1, p}), places),
            new long[] {batch, 1, 1});
    PtNDArray once = JniUtils.cat(new PtNDArray[] {seen, asked}, 1);
    PtNDArray tokens = JniUtils.tile(once, new long[] {config.targets(), 1, 1});
    PtNDArray predicted =
        predictor.apply(
            pass,
            JniUtils.reshape(tokens, new long[] {-1, p}),
            length,
            hiddenFromPredictor(pass, tokens, masks));
    predicted = predictorOut.apply(pass, predictorNorm.apply(pass, predicted));
    predicted =
        JniUtils.slice(
            JniUtils.reshape(
                predicted, new long[] {(long) config.targets() * batch, length, config.width()}),
            1,
            fields + 1L,
            length,
            1);
    PtNDArray all = JniUtils.tile(targets, new long[] {config.targets(), 1, 1});
    PtNDArray squares = JniUtils.square(JniUtils.sub(predicted, all));
    PtNDArray weighted = JniUtils.mul(squares, weights(pass, squares, masks));
    PtNDArray sums = JniUtils.sum(weighted, new long[] {1, 2}, false);
    PtNDArray byTarget = JniUtils.reshape(sums, new long[] {config.targets(), batch});
    return JniUtils.reshape(JniUtils.sum(byTarget, new long[] {0}, false), new long[] {batch, 1});
  }

  /** Of each field in each target its share in the mean; zero elsewhere: [T·B, F, 1]. */
  private PtNDArray weights(DjlPass pass, PtNDArray like, JepaMasks masks) {
    int batch = pass.batch();
    float[] values = new float[config.targets() * batch * fields];
    float share = 1f / (masks.targetSize() * config.width() * config.targets());
    int i = 0;
    for (int t = 0; t < config.targets(); t++) {
      for (int b = 0; b < batch; b++) {
        for (int f = 0; f < fields; f++) {
          values[i++] = masks.isTarget(t, b, f) ? share : 0;
        }
      }
    }
    return JniUtils.reshape(
        pass.array(like, values), new long[] {(long) config.targets() * batch, fields, 1});
  }

  /** [B·heads, 1, 1 + F]. */
  private PtNDArray hiddenFromEncoder(DjlPass pass, PtNDArray like, JepaMasks masks) {
    int batch = pass.batch();
    int heads = config.heads();
    float[] values = new float[batch * heads * (fields + 1)];
    int i = 0;
    for (int b = 0; b < batch; b++) {
      for (int h = 0; h < heads; h++) {
        values[i++] = 0;
        for (int f = 0; f < fields; f++) {
          values[i++] = masks.isContext(b, f) ? 0 : UNSEEN;
        }
      }
    }
    return JniUtils.reshape(
        pass.array(like, values), new long[] {(long) batch * heads, 1, fields + 1L});
  }

  /** [T·B·heads, 1, 1 + F + F]. */
  private PtNDArray hiddenFromPredictor(DjlPass pass, PtNDArray like, JepaMasks masks) {
    int batch = pass.batch();
    int heads = config.predictorHeads();
    int length = 2 * fields + 1;
    float[] values = new float[config.targets() * batch * heads * length];
    int i = 0;
    for (int t = 0; t < config.targets(); t++) {
      for (int b = 0; b < batch; b++) {
        for (int h = 0; h < heads; h++) {
          values[i++] = 0;
          for (int f = 0; f < fields; f++) {
            values[i++] = masks.isContext(b, f) ? 0 : UNSEEN;
          }
          for (int f = 0; f < fields; f++) {
            values[i++] = masks.isTarget(t, b, f) ? 0 : UNSEEN;
          }
        }
      }
    }
    return JniUtils.reshape(
        pass.array(like, values), new long[] {(long) values.length / length, 1, length});
  }

  /** Sines and cosines of the positions from {@code from} to F: [1, F + 1 - from, w]. */
  private PtNDArray positions(DjlPass pass, PtNDArray like, int from, int width, double base) {
    float[] values = new float[(fields + 1 - from) * width];
    for (int s = from; s <= fields; s++) {
      for (int i = 0; i < width; i++) {
        double angle = s / Math.pow(base, (double) (i - i % 2) / width);
        values[(s - from) * width + i] = (float) (i % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
      }
    }
    return JniUtils.reshape(pass.array(like, values), new long[] {1, fields + 1L - from, width});
  }
}
