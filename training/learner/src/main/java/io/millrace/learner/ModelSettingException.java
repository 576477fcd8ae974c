package io.millrace.learner;

import java.util.List;

/** A setting of a model that cannot be used. */
public final class ModelSettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // lists of this class are
  private final List<String> path;

  private final String what;

  ModelSettingException(List<String> path, String what, String message, Throwable cause) {
    super(message, cause);
    this.path = List.copyOf(path);
    this.what = what;
  }

  /** Where it lies in the config, as far as that is known. */
  public List<String> path() {
    return path;
  }

  /** What is wrong with it, without its path: the value, and what was expected. */
  public String what() {
    return what;
  }
}
