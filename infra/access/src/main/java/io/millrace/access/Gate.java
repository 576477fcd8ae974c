package io.millrace.access;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Lets requests in or not by the user that they name. Safe for use by many threads. */
public final class Gate {
  private final Optional<Users> users;
  private final Executor passwords;

  /** What becomes of a request. */
  public enum Verdict {
    /** It may go on. */
    ADMITTED,
    /** It names no user, or one whose password is another. */
    UNKNOWN,
    /** Its user's role does not suffice. */
    FORBIDDEN
  }

  /**
   * @param users who get in; empty for everybody
   * @param passwords where passwords are hashed, which takes some tens of milliseconds
   */
  public Gate(Optional<Users> users, Executor passwords) {
    this.users = users;
    this.passwords = passwords;
  }

  /** Whether nobody has to say who they are. */
  public boolean open() {
    return users.isEmpty();
  }

  /**
   * Asks for a request. What was asked before with the same password is answered at once.
   *
   * @param authorization the header, or null if there is none
   * @param needed for what is asked
   */
  public CompletableFuture<Verdict> ask(@Nullable String authorization, Role needed) {
    if (users.isEmpty()) {
      return CompletableFuture.completedFuture(Verdict.ADMITTED);
    }
    Optional<Role> known = users.get().recognised(authorization);
    if (known.isPresent()) {
      return CompletableFuture.completedFuture(verdict(known, needed));
    }
    return CompletableFuture.supplyAsync(() -> users.get().verify(authorization), passwords)
        .thenApply(found -> verdict(found, needed));
  }

  private static Verdict verdict(Optional<Role> found, Role needed) {
    if (found.isEmpty()) {
      return Verdict.UNKNOWN;
    }
    return found.get().includes(needed) ? Verdict.ADMITTED : Verdict.FORBIDDEN;
  }
}
