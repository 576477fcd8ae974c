package io.millrace.ranking;

import io.millrace.feature.EncodedBatch;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.FieldVectors;
import io.millrace.model.CtrModel;
import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.AvroWire;

/**
 * The mutable memory that scoring needs, reused and lent to one request at a time. Candidates are
 * scored {@link #CHUNK} at a time, which bounds it whatever a request asks for.
 *
 * @param batch [≤ CHUNK] examples
 * @param vectors make x of the batch
 * @param x field vectors [CHUNK, F, D]
 * @param logits [CHUNK]
 */
record Scratch(
    EncodedBatch batch,
    FieldVectors vectors,
    float[] x,
    float[] logits,
    CtrModel.Workspace workspace,
    AvroWire wire)
    implements AutoCloseable {
  /** Candidates per forward pass: enough to amortise it, few enough to stay in the cache. */
  static final int CHUNK = 512;

  static Scratch of(CompiledModel compiled, SchemaRegistry registry) {
    CtrModel model = compiled.model();
    return new Scratch(
        compiled.encoder().newBatch(),
        compiled.newFieldVectors(),
        new float[CHUNK * model.fields() * model.dim()],
        new float[CHUNK],
        model.newWorkspace(),
        new AvroWire(registry));
  }

  @Override
  public void close() {
    workspace.close();
  }
}
