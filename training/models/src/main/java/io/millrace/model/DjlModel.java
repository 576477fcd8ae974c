package io.millrace.model;

import java.util.List;
import java.util.function.Function;

/**
 * A model on DJL and PyTorch: tensors, and the graph that uses them. It holds no native memory; its
 * workspaces do.
 */
public final class DjlModel implements CtrModel {
  private final int fields;
  private final int dim;
  private final List<TensorSpec> tensors;
  private final DjlGraph graph;
  private final ComputeDevice device;
  private final boolean gatesByTorch;

  private DjlModel(
      int fields,
      int dim,
      List<TensorSpec> tensors,
      DjlGraph graph,
      ComputeDevice device,
      boolean gatesByTorch) {
    this.fields = fields;
    this.dim = dim;
    this.tensors = tensors;
    this.graph = graph;
    this.device = device;
    this.gatesByTorch = gatesByTorch;
  }

  /**
   * A model whose graph declares its tensors while it is built.
   *
   * @param fields F, at least 1
   * @param dim D, at least 1
   */
  static DjlModel of(int fields, int dim, Function<TensorSpecs, DjlGraph> build) {
    if (fields < 1) {
      throw new IllegalArgumentException("fields: " + fields + ", expected at least 1");
    }
    if (dim < 1) {
      throw new IllegalArgumentException("dim: " + dim + ", expected at least 1");
    }
    TensorSpecs specs = new TensorSpecs();
    DjlGraph graph = build.apply(specs);
    return new DjlModel(fields, dim, specs.list(), graph, ComputeDevice.CPU, false);
  }

  /** The same model on another device; it begins on the CPU. On a GPU torch computes gates. */
  public DjlModel on(ComputeDevice other) {
    return new DjlModel(fields, dim, tensors, graph, other, other.isGpu());
  }

  /** The same model with gates by torch's operations, as a GPU has them. */
  DjlModel withGatesByTorch() {
    return new DjlModel(fields, dim, tensors, graph, device, true);
  }

  boolean gatesByTorch() {
    return gatesByTorch;
  }

  /** Where its workspaces compute. */
  public ComputeDevice device() {
    return device;
  }

  DjlGraph graph() {
    return graph;
  }

  @Override
  public int fields() {
    return fields;
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public List<TensorSpec> tensors() {
    return tensors;
  }

  @Override
  public boolean hasTrainingMode() {
    return graph.hasTrainingMode();
  }

  /** {@inheritDoc} Starts PyTorch if this is its first use. */
  @Override
  public String arithmetic() {
    return DjlTorch.arithmetic(device);
  }

  /** Starts PyTorch if this is its first use, which takes seconds. */
  @Override
  public DjlWorkspace newWorkspace() {
    return new DjlWorkspace(this);
  }
}
