package io.millrace.model.layer;

/**
 * α-entmax over the fields, for each of N gates: in a graph, the gates of one example [F, N]. The
 * parameters are the α of each of K heads; a head has N / K gates, one behind the other.
 */
public final class EntmaxGate implements BlockFunction {
  private final int gates;
  private final boolean learnedAlpha;
  private final Entmax entmax;

  /**
   * @param gates N
   * @param learnedAlpha whether a backward pass is to give the gradient of α
   */
  public EntmaxGate(int fields, int gates, boolean learnedAlpha) {
    this.gates = gates;
    this.learnedAlpha = learnedAlpha;
    this.entmax = new Entmax(fields);
  }

  @Override
  public boolean learnsParameters() {
    return learnedAlpha;
  }

  @Override
  public void forward(float[] in, float[] alphas, float[] out) {
    int perHead = gates / alphas.length;
    for (int gate = 0; gate < gates; gate++) {
      entmax.forward(in, gate, gates, alphas[gate / perHead], out);
    }
  }

  @Override
  public void backward(
      float[] in, float[] alphas, float[] out, float[] dOut, float[] dIn, double[] dAlphas) {
    int perHead = gates / alphas.length;
    for (int gate = 0; gate < gates; gate++) {
      int head = gate / perHead;
      entmax.backward(out, dOut, gate, gates, alphas[head], dIn);
      if (learnedAlpha) {
        dAlphas[head] += entmax.alphaGradient(out, dOut, gate, gates, alphas[head]);
      }
    }
  }
}
