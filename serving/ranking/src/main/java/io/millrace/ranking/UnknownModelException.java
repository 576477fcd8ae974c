package io.millrace.ranking;

import io.millrace.wire.ShownValue;
import java.util.Collection;

/** The request names a model that is not served. */
public final class UnknownModelException extends RankingException {
  private static final long serialVersionUID = 1L;

  UnknownModelException(String name, Collection<String> served) {
    super(
        "model: %s, expected one of %s".formatted(ShownValue.of(name), String.join(", ", served)));
  }
}
