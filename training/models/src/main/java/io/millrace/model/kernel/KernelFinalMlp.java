package io.millrace.model.kernel;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Matrix;
import io.millrace.model.FinalMlpConfig;
import io.millrace.model.HiddenLayers;
import io.millrace.model.TensorNumbers;
import io.millrace.model.layer.KernelHidden;
import io.millrace.model.layer.KernelNet;
import io.millrace.model.layer.KernelPass;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link FinalMlpConfig} by kernels. */
final class KernelFinalMlp implements KernelNet {
  private final Matrix input;
  private final Stream first;
  private final Stream second;
  private final KernelBilinearFusion fusion;

  /** A perceptron behind its gate. */
  private record Stream(@Nullable KernelFieldGate gate, KernelHidden hidden) {
    void load(float[][] weights) {
      if (gate != null) {
        gate.load(weights);
      }
      hidden.load(weights);
    }

    Matrix forward(KernelPass pass, Matrix rows) {
      return hidden.forward(pass, gate == null ? rows : gate.forward(rows));
    }

    Matrix backward(Matrix dOut, float[][] gradients) {
      Matrix d = hidden.backward(dOut, gradients);
      return gate == null ? d : gate.backward(d, gradients);
    }
  }

  KernelFinalMlp(FinalMlpConfig config, int fields, int dim, TensorNumbers numbers) {
    Columns columns = Columns.of(fields * dim);
    this.input = new Matrix(columns);
    this.first =
        stream("first.", config.first(), config.firstContext(), config, dim, columns, numbers);
    this.second =
        stream("second.", config.second(), config.secondContext(), config, dim, columns, numbers);
    this.fusion =
        new KernelBilinearFusion(
            config.heads(), first.hidden.columns(), second.hidden.columns(), numbers);
  }

  private static Stream stream(
      String prefix,
      HiddenLayers layers,
      List<Integer> context,
      FinalMlpConfig config,
      int dim,
      Columns columns,
      TensorNumbers numbers) {
    int units = config.gateUnits();
    KernelFieldGate gate =
        units > 0
            ? new KernelFieldGate(prefix + "gate.", context, dim, units, columns, numbers)
            : null;
    return new Stream(gate, new KernelHidden(layers, prefix, columns, numbers));
  }

  @Override
  public void load(float[][] weights) {
    first.load(weights);
    second.load(weights);
    fusion.load(weights);
  }

  @Override
  public Matrix forward(KernelPass pass, float[] x, int from) {
    input.rows(pass.batch()).load(x, from);
    return fusion.forward(first.forward(pass, input), second.forward(pass, input));
  }

  @Override
  public Matrix backward(KernelPass pass, Matrix dLogits, float[][] gradients) {
    fusion.backward(dLogits, gradients);
    Matrix d = first.backward(fusion.dFirst(), gradients);
    d.add(second.backward(fusion.dSecond(), gradients));
    return d;
  }
}
