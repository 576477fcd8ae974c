package io.millrace.model.djl;

import io.millrace.model.Architecture;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.ArmNetPlusConfig;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.AutoIntPlusConfig;
import io.millrace.model.ComputeDevice;
import io.millrace.model.CtrModel;
import io.millrace.model.DcnV2Config;
import io.millrace.model.DeepFmConfig;
import io.millrace.model.FinalMlpConfig;
import io.millrace.model.MlpConfig;
import io.millrace.model.ModelEngine;
import io.millrace.model.TensorNumbers;
import io.millrace.model.TensorSpec;
import java.util.List;

/**
 * A model on DJL and PyTorch: tensors, and the graph that uses them. It holds no native memory; its
 * workspaces do.
 */
public final class DjlModel implements CtrModel {
  private final int fields;
  private final int dim;
  private final List<TensorSpec> tensors;
  private final boolean trainingMode;
  private final DjlGraph graph;
  private final ComputeDevice device;
  private final boolean gatesByTorch;

  private DjlModel(
      int fields,
      int dim,
      List<TensorSpec> tensors,
      boolean trainingMode,
      DjlGraph graph,
      ComputeDevice device,
      boolean gatesByTorch) {
    this.fields = fields;
    this.dim = dim;
    this.tensors = tensors;
    this.trainingMode = trainingMode;
    this.graph = graph;
    this.device = device;
    this.gatesByTorch = gatesByTorch;
  }

  /** The model of an architecture with a graph; see {@link ModelEngine#model}. */
  public static DjlModel of(Architecture architecture, int fields, int dim, int rowWidth) {
    List<TensorSpec> specs = architecture.tensors(fields, dim, rowWidth);
    TensorNumbers tensors = new TensorNumbers(specs);
    DjlGraph graph;
    if (architecture instanceof MlpConfig mlp) {
      graph = new DjlMlpGraph(mlp, "", fields * dim, tensors);
    } else if (architecture instanceof DeepFmConfig deepfm) {
      graph = new DjlDeepFmGraph(deepfm, fields, dim, rowWidth, tensors);
    } else if (architecture instanceof DcnV2Config dcn) {
      graph = new DjlDcnV2Graph(dcn, fields * dim, tensors);
    } else if (architecture instanceof FinalMlpConfig finalmlp) {
      graph = new DjlFinalMlpGraph(finalmlp, fields, dim, tensors);
    } else if (architecture instanceof AutoIntConfig autoint) {
      graph = new DjlAutoIntGraph(autoint, fields, dim, tensors);
    } else if (architecture instanceof AutoIntPlusConfig autoint) {
      graph = new DjlAutoIntPlusGraph(autoint, fields, dim, tensors);
    } else if (architecture instanceof ArmNetConfig armnet) {
      graph = new DjlArmNetGraph(armnet, fields, dim, tensors);
    } else if (architecture instanceof ArmNetPlusConfig armnet) {
      graph = new DjlArmNetPlusGraph(armnet, fields, dim, tensors);
    } else {
      throw new IllegalArgumentException(architecture + ", expected one with a graph");
    }
    return of(fields, dim, specs, architecture.hasTrainingMode(), graph);
  }

  /** A model of any graph. */
  static DjlModel of(
      int fields, int dim, List<TensorSpec> tensors, boolean trainingMode, DjlGraph graph) {
    return new DjlModel(fields, dim, tensors, trainingMode, graph, ComputeDevice.CPU, false);
  }

  /** {@inheritDoc} On a GPU torch computes gates. */
  @Override
  public DjlModel on(ComputeDevice other) {
    return new DjlModel(fields, dim, tensors, trainingMode, graph, other, other.isGpu());
  }

  /** The same model with gates by torch's operations, as a GPU has them. */
  DjlModel withGatesByTorch() {
    return new DjlModel(fields, dim, tensors, trainingMode, graph, device, true);
  }

  boolean gatesByTorch() {
    return gatesByTorch;
  }

  @Override
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
    return trainingMode;
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
