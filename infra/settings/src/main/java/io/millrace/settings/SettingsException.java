package io.millrace.settings;

/** A setting that cannot be used; its message is one line for the person who wrote it. */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public SettingsException(String message) {
    super(message);
  }
}
