package io.millrace.deployment;

import java.util.Optional;

/**
 * What an alias means.
 *
 * @param model that it stands for
 * @param before the model that it stood for before, if any
 * @param pointed who pointed it there
 */
public record Alias(String model, Optional<String> before, Made pointed) {
  /** The one that requests mean which name no model. */
  public static final String LIVE = "live";
}
