package io.millrace.model.attention;

import io.millrace.kernel.Kernels;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.layer.KernelPass;

/**
 * Attention of as many examples as there are lanes, side by side; scores lie as [query field, key
 * field, example]. Some queries at a time go through scores, softmax and the sum of values, so that
 * their shares stay in the first cache. Shapes: L lanes, S stride of {@link ExampleColumns}.
 */
final class ExampleHeads extends AttentionHeads {
  /** Queries that are worked on together: twice the rows of the kernel's blocks. */
  private static final int QUERIES = 6;

  /** Fewer than the rows of a block are slow. */
  private static final int LEAST = 3;

  private final ExampleColumns layout;
  private final int fields;
  private final int lanes;
  private final int stride;
  private final int row; // F · L
  private final BlockMemory.Part shares; // of each head [F, F, L]
  private final BlockMemory.Part dropped; // the same after dropout
  private final BlockMemory.Part dShares; // [F, F, L]

  ExampleHeads(AutoIntConfig config, ExampleColumns layout, BlockMemory memory) {
    super(config, layout.fields(), memory);
    this.layout = layout;
    this.fields = layout.fields();
    this.lanes = layout.examples();
    this.stride = layout.stride();
    this.row = fields * lanes;
    int size = config.heads() * fields * row;
    this.shares = memory.matrixOfEachBlock(size);
    this.dropped = memory.matrixOfEachBlock(config.attentionDropout() > 0 ? size : 0);
    this.dShares = memory.matrix(fields * row);
  }

  /** Queries from one on that are worked on together. */
  private int queries(int from) {
    int left = fields - from;
    if (left <= QUERIES) {
      return left;
    }
    return left < QUERIES + LEAST ? left - LEAST : QUERIES;
  }

  @Override
  void forward(KernelPass pass, int p, int out, int block, int first, int count) {
    for (int head = 0; head < config.heads(); head++) {
      int queries;
      for (int i = 0; i < fields; i += queries) {
        queries = queries(i);
        // a prediction needs shares no longer than until their values are summed
        int kept = pass.training() ? head * fields * row + i * row : 0;
        scores(pass, p, head, i, queries, block, kept, first, count);
        values(p, out, head, i, queries, (drops() ? dropped : shares).at(block) + kept);
      }
    }
  }

  /** Shares of some queries, after dropout too. */
  private void scores(
      KernelPass pass,
      int from,
      int head,
      int query,
      int queries,
      int block,
      int kept,
      int first,
      int count) {
    float[] p = memory.values();
    int at = shares.at(block) + kept;
    kernels.multiplyLanes(
        queries,
        fields,
        config.headDim(),
        lanes,
        p,
        from + part(QUERY, head) + query * lanes,
        lanes,
        stride,
        p,
        from + part(KEY, head),
        lanes,
        stride,
        Kernels.NOTHING,
        0,
        0,
        0,
        p,
        at,
        row,
        lanes);
    fillMissing(pass, at, queries, NEVER, first, count);
    kernels.softmax(p, at, queries, fields, lanes);
    fillMissing(pass, at, queries, 0, first, count);
    if (drops()) {
      int to = dropped.at(block) + kept;
      System.arraycopy(p, at, p, to, queries * row);
      dropOut(to, head, query, queries, first, count);
    }
  }

  /** Sums of values by the shares of some queries, and the residual. */
  private void values(int from, int out, int head, int query, int queries, int at) {
    float[] p = memory.values();
    boolean residual = config.residual();
    kernels.multiplyLanes(
        queries,
        config.headDim(),
        fields,
        lanes,
        p,
        at,
        row,
        lanes,
        p,
        from + part(VALUE, head),
        stride,
        lanes,
        residual ? p : Kernels.NOTHING,
        residual ? from + part(RESIDUAL, head) + query * lanes : 0,
        residual ? lanes : 0,
        residual ? stride : 0,
        p,
        out + part(0, head) + query * lanes,
        lanes,
        stride);
  }

  @Override
  void backward(int p, int d, int dp, int block, int first, int count) {
    for (int head = 0; head < config.heads(); head++) {
      int kept = head * fields * row;
      int used = (drops() ? dropped : shares).at(block) + kept;
      sumOverQueries(used, d + part(0, head), dp + part(VALUE, head));
      int queries;
      for (int i = 0; i < fields; i += queries) {
        queries = queries(i);
        int share = shares.at(block) + kept + i * row;
        backwardScores(p, d, dp, head, i, queries, share, first, count);
      }
      sumOverQueries(dShares.at(), p + part(QUERY, head), dp + part(KEY, head));
    }
  }

  /** Gradients of some queries' scores and of these queries. */
  private void backwardScores(
      int from, int d, int dp, int head, int query, int queries, int share, int first, int count) {
    float[] p = memory.values();
    int to = dShares.at() + query * row;
    kernels.multiplyLanes(
        queries,
        fields,
        config.headDim(),
        lanes,
        p,
        d + part(0, head) + query * lanes,
        lanes,
        stride,
        p,
        from + part(VALUE, head),
        lanes,
        stride,
        Kernels.NOTHING,
        0,
        0,
        0,
        p,
        to,
        row,
        lanes);
    if (drops()) {
      dropOut(to, head, query, queries, first, count);
    }
    kernels.softmaxBackward(p, share, p, to, queries, fields, lanes);
    kernels.multiplyLanes(
        queries,
        config.headDim(),
        fields,
        lanes,
        p,
        to,
        row,
        lanes,
        p,
        from + part(KEY, head),
        stride,
        lanes,
        Kernels.NOTHING,
        0,
        0,
        0,
        p,
        dp + part(QUERY, head) + query * lanes,
        lanes,
        stride);
  }

  /** {@code to[key] = Σ weights[query][key] · values[query]}, for keys' or values' gradients. */
  private void sumOverQueries(int weights, int from, int to) {
    float[] p = memory.values();
    kernels.multiplyLanes(
        fields,
        config.headDim(),
        fields,
        lanes,
        p,
        weights,
        lanes,
        row,
        p,
        from,
        stride,
        lanes,
        Kernels.NOTHING,
        0,
        0,
        0,
        p,
        to,
        lanes,
        stride);
  }

  /** Sets what some queries pay to keys that have no value. */
  private void fillMissing(
      KernelPass pass, int at, int queries, float value, int first, int count) {
    if (!pass.anyMissing()) {
      return;
    }
    float[] s = memory.values();
    for (int b = 0; b < count; b++) {
      for (int k = 0; k < fields; k++) {
        if (pass.missing((first + b) * fields + k)) {
          for (int i = 0; i < queries; i++) {
            s[at + i * row + layout.column(b, k)] = value;
          }
        }
      }
    }
  }

  private void dropOut(int at, int head, int query, int queries, int first, int count) {
    float[] scores = memory.values();
    for (int b = 0; b < count; b++) {
      for (int i = 0; i < queries; i++) {
        for (int k = 0; k < fields; k++) {
          scores[at + i * row + layout.column(b, k)] *=
              dropoutFactor(first + b, head, query + i, k);
        }
      }
    }
  }

  /** Where a head's part of the projections begins, from the block's begin on. */
  private int part(int part, int head) {
    return AttentionHeads.row(config, part, head) * stride;
  }
}
