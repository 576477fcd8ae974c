package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.embedding.InitialRows;
import io.millrace.embedding.LearnerTable;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import io.millrace.trained.Weights;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class WeightAverageTest {

  @Test
  void theFirstStepsCountMoreThanTheDecaySays() {
    LearnerTable table = new LearnerTable(16, 2, 0, new InitialRows(1, 0, 0));
    TensorSpec bias = new TensorSpec("bias", new int[] {1}, new TensorSpec.Init.Constant(0));
    Tensors tensors = Tensors.zeros(List.of(bias));
    long[] rows = {3};
    WeightAverage average = new WeightAverage(0.15, Weights.copy(rows, table, tensors), 2);

    table.put(3, new float[] {1, -2}, 0);
    tensors.values()[0][0] = 10;
    average.add(table, tensors); // (1 + 0) / (10 + 0) = .1 of the start remains
    assertThat(average.weights().values()[0]).isCloseTo(0.9f, within(1e-6f));
    assertThat(average.weights().values()[1]).isCloseTo(-1.8f, within(1e-6f));
    assertThat(average.weights().tensors().values()[0][0]).isCloseTo(9f, within(1e-5f));

    tensors.values()[0][0] = 0;
    average.add(table, tensors); // 2 / 11 is above .15
    assertThat(average.weights().tensors().values()[0][0]).isCloseTo(1.35f, within(1e-5f));
    assertThat(average.weights().values()[0]).isCloseTo(0.985f, within(1e-6f));
  }

  @Test
  void whatWasWrittenGoesOnAlike() throws IOException {
    LearnerTable table = new LearnerTable(16, 2, 0, new InitialRows(1, 0, 0));
    TensorSpec bias = new TensorSpec("bias", new int[] {1}, new TensorSpec.Init.Constant(0));
    Tensors tensors = Tensors.zeros(List.of(bias));
    long[] rows = {3};
    WeightAverage average = new WeightAverage(0.5, Weights.copy(rows, table, tensors), 2);
    WeightAverage restored = new WeightAverage(0.5, Weights.copy(rows, table, tensors), 2);
    table.put(3, new float[] {1, -2}, 0);
    tensors.values()[0][0] = 10;
    average.add(table, tensors);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    average.write(new DataOutputStream(bytes));
    restored.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    average.add(table, tensors);
    restored.add(table, tensors);

    assertThat(restored.weights().values()).containsExactly(average.weights().values());
    assertThat(restored.weights().tensors().values()[0])
        .containsExactly(average.weights().tensors().values()[0]);
  }
}
