package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LabelTest {
  @Test
  void aLabelAndItsCorrectionHaveTheGradientOfTheRightLabel() {
    for (double p : new double[] {0.01, 0.3, 0.99}) {
      double yes = Label.gradient(p, Label.YES);
      double no = Label.gradient(p, Label.NO);
      assertThat(no + Label.gradient(p, Label.YES_AFTER_NO)).isCloseTo(yes, within(1e-15));
      assertThat(yes + Label.gradient(p, Label.NO_AFTER_YES)).isCloseTo(no, within(1e-15));
      double z = Sigmoid.inverse(p);
      assertThat(Label.likelihood(z, Label.NO, 0) * Label.likelihood(z, Label.YES_AFTER_NO, 0))
          .isCloseTo(Label.likelihood(z, Label.YES, 0), within(1e-12));
      assertThat(Label.likelihood(z, Label.YES, 0) * Label.likelihood(z, Label.NO_AFTER_YES, 0))
          .isCloseTo(Label.likelihood(z, Label.NO, 0), within(1e-12));
    }
    assertThat(Label.value(Label.YES_AFTER_NO)).isEqualTo(1);
    assertThat(Label.value(Label.NO_AFTER_YES)).isZero();
    assertThatThrownBy(() -> Label.gradient(0.5, (byte) 4)).hasMessage("label: 4, expected 0 to 3");
  }
}
