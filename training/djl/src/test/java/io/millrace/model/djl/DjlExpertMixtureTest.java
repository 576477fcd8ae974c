package io.millrace.model.djl;

import io.millrace.model.Engine;
import io.millrace.model.ExpertMixtureTest;

class DjlExpertMixtureTest extends ExpertMixtureTest {
  @Override
  protected Engine engine() {
    return Engine.DJL;
  }
}
