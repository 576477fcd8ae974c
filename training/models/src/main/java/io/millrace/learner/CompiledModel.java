package io.millrace.learner;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.InitialRows;
import io.millrace.embedding.TableSnapshot;
import io.millrace.embedding.UnifiedEmbedding;
import io.millrace.model.CtrModel;
import io.millrace.model.FactorizationMachine;
import io.millrace.model.LogisticRegression;
import io.millrace.model.Tensors;
import java.util.Arrays;

/**
 * What a config and a feature schema compile to: the one definition of a model, used by learner and
 * server. Immutable; close it to free what the model holds.
 *
 * @param config of the model
 * @param scheme from tokens to field vectors
 * @param model from field vectors to logits
 */
public record CompiledModel(ModelConfig config, EmbeddingScheme scheme, CtrModel model)
    implements AutoCloseable {

  /**
   * @param lookups of each field; a number that does not suit the config's dim is lowered
   */
  static CompiledModel of(ModelConfig config, int[] lookups) {
    int dim = config.dim();
    int[] suited = Arrays.stream(lookups).map(c -> config.kind() == ModelKind.LR ? 1 : c).toArray();
    EmbeddingScheme scheme = new UnifiedEmbedding(config.rows(), dim, suited);
    CtrModel model =
        switch (config.kind()) {
          case LR -> new LogisticRegression(lookups.length);
          case FM -> new FactorizationMachine(lookups.length, dim, scheme.rowWidth());
          case AUTOINT -> throw new UnsupportedOperationException("autoint");
        };
    return new CompiledModel(config, scheme, model);
  }

  /** Initial values of rows. */
  public InitialRows initialRows() {
    // linear weights (all of lr, the first column of a row of fm) start at zero
    int zeroColumns = config.kind() == ModelKind.AUTOINT ? 0 : 1;
    return new InitialRows(config.seed(), config.initScale(), zeroColumns);
  }

  /** The table of a server before anything was published. */
  public TableSnapshot initialTable() {
    return TableSnapshot.initial(scheme.rows(), scheme.rowWidth(), initialRows());
  }

  /** The dense tensors before anything was learned. */
  public Tensors initialTensors() {
    return Tensors.initial(model.tensors(), config.seed());
  }

  @Override
  public void close() {
    model.close();
  }
}
