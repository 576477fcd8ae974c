package io.millrace.registry.http;

import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import org.jspecify.annotations.Nullable;

/** What clients of one kind send and expect around a request and its answer. */
enum Dialect {
  CONFLUENT(Answers.V1) {
    @Override
    @Nullable MediaType typeFor(RequestHeaders request) {
      return Answers.typeFor(request);
    }

    @Override
    boolean takes(@Nullable MediaType bodyType) {
      return Answers.takes(bodyType);
    }

    @Override
    Object body(Failure failure, Throwable cause) {
      return new Bodies.Failed(failure.code(), failure.message());
    }
  },

  /** Its clients name a type of their own for each kind of body, and read JSON whatever it is. */
  APICURIO(MediaType.JSON) {
    @Override
    MediaType typeFor(RequestHeaders request) {
      return MediaType.JSON;
    }

    @Override
    boolean takes(@Nullable MediaType bodyType) {
      return true;
    }

    @Override
    Object body(Failure failure, Throwable cause) {
      return ApicurioBodies.Failed.of(failure, cause);
    }
  };

  private final MediaType failureType;

  Dialect(MediaType failureType) {
    this.failureType = failureType;
  }

  MediaType failureType() {
    return failureType;
  }

  /** The type of the answer to a request, or null if it accepts none of ours. */
  abstract @Nullable MediaType typeFor(RequestHeaders request);

  /** Whether a body's type is one that the API takes. */
  abstract boolean takes(@Nullable MediaType bodyType);

  /** What becomes the JSON that tells a failure. */
  abstract Object body(Failure failure, Throwable cause);
}
