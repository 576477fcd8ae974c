package io.millrace.model.kernel;

import io.millrace.model.CtrModel;
import io.millrace.model.TensorSpec;
import java.util.List;

/**
 * A model in plain Java whose only dense tensor is {@code bias} [1]: all else is in the table's
 * rows.
 */
interface BiasModel extends CtrModel {

  @Override
  default List<TensorSpec> tensors() {
    return BiasWorkspace.TENSORS;
  }

  /** {@inheritDoc} Each value is rounded after each operation, in one order. */
  @Override
  default String arithmetic() {
    return "";
  }

  /**
   * Checks F.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  static void requireFields(int fields) {
    if (fields < 1) {
      throw new IllegalArgumentException("fields: " + fields + ", expected at least 1");
    }
  }
}
