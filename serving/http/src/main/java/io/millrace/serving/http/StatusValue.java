package io.millrace.serving.http;

/** One value that the surroundings add to the status, by a name that they choose. */
public sealed interface StatusValue {

  /** By which the console and the history know it. */
  String name();

  /** What an answer shows. */
  Object shown();

  /** A number that the history keeps. */
  record Figure(String name, double value) implements StatusValue {
    @Override
    public Object shown() {
      return value;
    }
  }

  /** A whole number that the history keeps. */
  record Count(String name, long value) implements StatusValue {
    @Override
    public Object shown() {
      return value;
    }
  }

  /** Words, which have no history. */
  record Text(String name, String value) implements StatusValue {
    @Override
    public Object shown() {
      return value;
    }
  }
}
