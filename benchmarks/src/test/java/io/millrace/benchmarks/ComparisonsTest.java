package io.millrace.benchmarks;

import io.millrace.model.AutoIntConfig;
import org.junit.jupiter.api.Test;

/** The comparisons run, and what they verify before they time anything holds. */
class ComparisonsTest {

  @Test
  void kernelsPyTorchAndOnnxRuntimeGiveTheSameLogits() throws Exception {
    AttentionComparison.compare("smoke", AutoIntConfig.paper(2, 2, 8), 0.02);
  }

  @Test
  void theTableAndRocksDbHoldTheSameRows() throws Exception {
    RowReads.main(new String[] {"2000", "0.02"});
  }
}
