package io.millrace.learner;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.millrace.model.Architecture;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One of the models that learn a stream side by side, each at rates of its own ({@link
 * io.millrace.model.ExpertMixture}).
 *
 * @param rate factor on the row optimizer's learning rate, above 0
 * @param linearRate the same for linear weights
 * @param architecture of this expert; null for that of the config
 */
public record Expert(
    float rate,
    float linearRate,
    @JsonInclude(JsonInclude.Include.NON_NULL)
        @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
        @Nullable Architecture architecture) {

  public Expert {
    if (!(rate > 0 && rate <= 1e6f)) {
      throw new IllegalArgumentException(
          "experts.rate: " + rate + ", expected above 0, at most 1e6");
    }
    if (!(linearRate > 0 && linearRate <= 1e6f)) {
      throw new IllegalArgumentException(
          "experts.linearRate: " + linearRate + ", expected above 0, at most 1e6");
    }
  }

  /** An expert of the config's architecture. */
  public Expert(float rate, float linearRate) {
    this(rate, linearRate, null);
  }

  /** Learns at the optimizer's own rate. */
  public static Expert plain() {
    return new Expert(1, 1);
  }

  /** Its architecture in a config whose own is {@code common}. */
  Architecture in(Architecture common) {
    return Objects.requireNonNullElse(architecture, common);
  }
}
