package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server's tests run without what only learners and jobs need. */
class ServerClasspathTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ai.djl.engine.Engine",
        "ai.djl.pytorch.engine.PtEngine",
        "io.millrace.model.djl.DjlModel",
        "org.apache.flink.configuration.Configuration",
      })
  void hasNoneOfThem(String name) {
    assertThatThrownBy(() -> Class.forName(name)).isInstanceOf(ClassNotFoundException.class);
  }
}
