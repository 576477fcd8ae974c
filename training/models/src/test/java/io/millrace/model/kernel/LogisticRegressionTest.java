package io.millrace.model.kernel;

import io.millrace.model.CtrModel;

class LogisticRegressionTest extends PlainModelContract {
  @Override
  CtrModel model(int fields) {
    return new LogisticRegression(fields);
  }

  @Override
  double logit(CtrModel model, float bias, float[] x, int from) {
    double sum = bias;
    for (int f = 0; f < model.fields(); f++) {
      sum += x[from + f];
    }
    return sum;
  }
}
