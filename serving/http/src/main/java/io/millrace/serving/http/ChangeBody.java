package io.millrace.serving.http;

import com.linecorp.armeria.common.HttpStatus;
import io.millrace.deployment.ModelCatalog.Asked;
import io.millrace.deployment.RefusedChangeException;
import io.millrace.journal.JournalException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request that changes what a journal holds: who asks, whether only for a look, and
 * why.
 */
record ChangeBody(RequestObject object) {
  private static final int MAX_TEXT = 500;

  /**
   * Makes the change of a body.
   *
   * @throws RequestException if it is refused, or Kafka can't be reached
   */
  static <T> CompletionStage<T> changed(byte[] json, Function<ChangeBody, T> change) {
    try {
      return CompletableFuture.completedFuture(
          change.apply(new ChangeBody(RequestObject.parse(json))));
    } catch (RefusedChangeException e) {
      throw RequestException.of(HttpStatus.CONFLICT, String.valueOf(e.getMessage()));
    } catch (JournalException e) {
      throw RequestException.busy("Kafka does not take the change: " + e.getMessage() + ".");
    }
  }

  /** Who asks, and whether anything is to happen. */
  Asked asked() {
    String by = text("by");
    return new Asked(by == null ? "unnamed" : by, dryRun());
  }

  /** Whether only to say what would come of it. */
  boolean dryRun() {
    return object.bool("dryRun", false);
  }

  /** Why, if it is said. */
  Optional<String> reason() {
    return Optional.ofNullable(text("reason"));
  }

  /** A text of some words, or null if there is none. */
  @Nullable String text(String key) {
    String text = object.string(key);
    if (text != null && text.length() > MAX_TEXT) {
      throw RequestException.field(key, "at most " + MAX_TEXT + " characters", text.length());
    }
    return text;
  }

  /** A text that must be there. */
  String required(String key, String what) {
    String value = object.string(key);
    if (value == null) {
      throw RequestException.field(key, what, null);
    }
    return value;
  }
}
