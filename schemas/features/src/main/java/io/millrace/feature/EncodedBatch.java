package io.millrace.feature;

import io.millrace.bits.SplitMix64;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Encoded examples in compressed sparse row form: example b's field f holds the tokens {@code
 * start(b, f)} to {@code end(b, f)} (exclusive). A token is the keyed 64-bit hash of one feature
 * value; an embedding scheme turns tokens into table rows, so one batch serves any number of
 * models. A field without a value holds no token.
 *
 * <p>Buffers grow and are reused: {@link #clear} keeps them. Not thread-safe.
 *
 * <p>Shapes: B examples, F fields, T tokens in all; offsets [B*F+1], tokens [T], weights [T].
 */
public final class EncodedBatch {
  private final int fields;
  private int size;
  private int[] offsets;
  private long[] tokens;
  private float[] weights;
  private boolean[] missing = new boolean[0];
  private final boolean[] shared;

  /** An empty batch for {@code fields} fields. */
  public EncodedBatch(int fields) {
    if (fields < 1) {
      throw new IllegalArgumentException("fields: " + fields + ", expected at least 1");
    }
    this.fields = fields;
    this.shared = new boolean[fields];
    this.offsets = new int[fields * 16 + 1];
    this.tokens = new long[fields * 16];
    this.weights = new float[fields * 16];
  }

  /** F. */
  public int fields() {
    return fields;
  }

  /** B: complete examples. */
  public int size() {
    return size;
  }

  /** T: tokens of complete examples. */
  public int tokenCount() {
    return offsets[size * fields];
  }

  public int start(int example, int field) {
    return offsets[example * fields + field];
  }

  public int end(int example, int field) {
    return offsets[example * fields + field + 1];
  }

  public long token(int i) {
    return tokens[i];
  }

  public float weight(int i) {
    return weights[i];
  }

  /** Gives token i another weight. */
  public void weigh(int i, float weight) {
    weights[i] = weight;
  }

  /**
   * Which fields have no value [B, F], null if all have one: what a model has to leave out, since a
   * field vector of zeros may also be one that was learned. Holds until the next call.
   */
  public boolean @Nullable [] missing() {
    int count = size * fields;
    if (missing.length < count) {
      missing = new boolean[count];
    }
    boolean any = false;
    for (int i = 0; i < count; i++) {
      missing[i] = offsets[i] == offsets[i + 1];
      any |= missing[i];
    }
    return any ? missing : null;
  }

  /** Whether a field holds the same tokens with the same weights as in the example before. */
  public boolean sameAsBefore(int example, int field) {
    int from = start(example, field);
    int count = end(example, field) - from;
    int before = start(example - 1, field);
    if (end(example - 1, field) - before != count) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (tokens[from + i] != tokens[before + i] || weights[from + i] != weights[before + i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Which fields hold the same tokens with the same weights in all examples [F], null if none does
   * or there is a single example: the context of a request's candidates. Holds until the next call.
   */
  public boolean @Nullable [] shared() {
    boolean any = false;
    for (int f = 0; f < fields; f++) {
      boolean same = size > 1;
      for (int b = 1; same && b < size; b++) {
        same = sameAsBefore(b, f);
      }
      shared[f] = same;
      any |= same;
    }
    return any ? shared : null;
  }

  /** Removes all examples and keeps the buffers. */
  public void clear() {
    size = 0;
    offsets[0] = 0;
  }

  /** Appends example {@code example} of {@code other}, which must have as many fields. */
  public void append(EncodedBatch other, int example) {
    if (other.fields != fields) {
      throw new IllegalArgumentException(
          "other.fields: " + other.fields + ", expected " + fields + " as here");
    }
    int from = other.start(example, 0);
    int count = other.end(example, fields - 1) - from;
    int to = tokenCount();
    reserveExample();
    reserveTokens(to + count);
    System.arraycopy(other.tokens, from, tokens, to, count);
    System.arraycopy(other.weights, from, weights, to, count);
    int theirs = example * fields + 1;
    int ours = size * fields + 1;
    for (int f = 0; f < fields; f++) {
      offsets[ours + f] = other.offsets[theirs + f] - from + to;
    }
    size++;
  }

  private void reserveExample() {
    int need = (size + 1) * fields + 1;
    if (need > offsets.length) {
      offsets = Arrays.copyOf(offsets, Math.max(need, offsets.length * 2));
    }
  }

  /** Makes room for so many tokens in all. */
  private void reserveTokens(int tokenTotal) {
    if (tokenTotal > tokens.length) {
      int capacity = Math.max(tokenTotal, tokens.length * 2);
      tokens = Arrays.copyOf(tokens, capacity);
      weights = Arrays.copyOf(weights, capacity);
    }
  }

  /**
   * A hash of one example's tokens and weights, for comparing what was served with what is learned
   * from.
   */
  public long hash(int example) {
    long h = SplitMix64.GOLDEN;
    for (int f = 0; f < fields; f++) {
      int from = start(example, f);
      int to = end(example, f);
      h = SplitMix64.mix(h ^ (to - from));
      for (int i = from; i < to; i++) {
        h = SplitMix64.mix(h ^ tokens[i]);
        h = SplitMix64.mix(h ^ Float.floatToIntBits(weights[i]));
      }
    }
    return h;
  }

  /** Starts an example; nothing is part of the batch before {@link Appender#commit}. */
  public Appender append() {
    return new Appender();
  }

  /** Writes one example, field by field. */
  public final class Appender {
    private int field;
    private int tokenEnd = tokenCount();

    private Appender() {
      reserveExample();
    }

    /** Adds one token to the present field. */
    public void add(long token, float weight) {
      reserveTokens(tokenEnd + 1);
      tokens[tokenEnd] = token;
      weights[tokenEnd++] = weight;
    }

    /** Ends the present field and moves on to the next. */
    public void endField() {
      offsets[size * fields + ++field] = tokenEnd;
    }

    /** Makes the example part of the batch; all fields must have been ended. */
    public void commit() {
      if (field != fields) {
        throw new IllegalStateException("fields ended: " + field + ", expected " + fields);
      }
      size++;
    }
  }
}
