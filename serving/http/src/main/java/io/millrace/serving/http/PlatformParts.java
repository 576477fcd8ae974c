package io.millrace.serving.http;

import java.util.List;

/**
 * How the parts of the platform around a server are. Called at most once a second by one thread,
 * never for a request; it should answer at once, from what is known.
 */
@FunctionalInterface
public interface PlatformParts {

  /** No parts but the server. */
  PlatformParts NONE = List::of;

  /** The parts, as they are now. */
  List<Part> parts();
}
