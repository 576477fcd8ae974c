package io.millrace.model;

class DjlExpertMixtureTest extends ExpertMixtureTest {
  @Override
  Engine engine() {
    return Engine.DJL;
  }
}
