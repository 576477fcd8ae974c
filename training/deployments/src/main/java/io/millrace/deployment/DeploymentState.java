package io.millrace.deployment;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a model does. */
public enum DeploymentState {
  /** It learns, and answers requests that name it or an alias of it. */
  LEARNING,
  /** It answers as it was when it was frozen, and learns nothing more. */
  FROZEN,
  /** It learns, and scores what the live model ranks without answering. */
  SHADOW,
  /** It is gone: job, topics, files and memory are free. Its name is not given again. */
  RETIRED;

  /** As users write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a job learns. */
  public boolean learns() {
    return this == LEARNING || this == SHADOW;
  }

  /**
   * The state of a word.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static DeploymentState of(String word) {
    return Arrays.stream(values())
        .filter(state -> state.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "state: \"%s\", expected one of %s"
                        .formatted(
                            word,
                            Arrays.stream(values())
                                .map(DeploymentState::word)
                                .collect(Collectors.joining(", ")))));
  }
}
