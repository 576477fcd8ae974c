package io.millrace.learner;

import io.millrace.embedding.DenseTensor;
import io.millrace.embedding.EmbeddingScheme;
import io.millrace.optimizer.Optimizer;

/**
 * Bytes of a model's embedding once all its rows are held, in fp32: rows and the scheme's tensors,
 * and of each page of 16 rows what finds it. What the model above holds is not counted.
 */
public final class EmbeddingBytes {
  private static final int PAGE_ROWS = 16;

  /** A reference to a page and the header of its array. */
  private static final int SERVED_PAGE = 8 + 16;

  /** That, and the marks of rows that have changed. */
  private static final int LEARNED_PAGE = SERVED_PAGE + 2 + 2 + 1;

  private EmbeddingBytes() {}

  /** Rows and tensors alone, as a budget counts them: what a method needs, however it is stored. */
  public static long values(CompiledModel compiled) {
    EmbeddingScheme scheme = compiled.scheme();
    long dense = scheme.tensors().stream().mapToLong(DenseTensor::size).sum();
    return (scheme.rows() * scheme.rowWidth() + dense) * Float.BYTES;
  }

  /** In a server. */
  public static long served(CompiledModel compiled) {
    return values(compiled) + pages(compiled.scheme()) * SERVED_PAGE;
  }

  /** In a learner, with the optimizers' slots of rows and tensors. */
  public static long learned(CompiledModel compiled) {
    EmbeddingScheme scheme = compiled.scheme();
    Optimizer dense = compiled.config().denseOptimizer();
    long slots = scheme.rows() * compiled.rowOptimizer().slots(scheme.rowWidth());
    for (DenseTensor tensor : scheme.tensors()) {
      slots += dense.slots(tensor.size());
    }
    return values(compiled) + slots * Float.BYTES + pages(scheme) * LEARNED_PAGE;
  }

  private static long pages(EmbeddingScheme scheme) {
    return (scheme.rows() + PAGE_ROWS - 1) / PAGE_ROWS;
  }
}
