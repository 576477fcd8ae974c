package io.millrace.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what, from a file of lines {@code NAME:ROLE:HASH} with the roles {@code read}, {@code
 * write} and {@code admin}; empty lines and those that begin with # are skipped. Safe for use by
 * many threads.
 */
public final class Users {
  private static final String SCHEME = "Basic ";
  private static final int MAX_HEADER_CHARS = 1_000;

  /** Hashed for names that nobody has, so that those take as long as wrong passwords. */
  private static final PasswordHash NOBODY = PasswordHash.of("");

  private record User(Role role, PasswordHash hash) {}

  private final Map<String, User> users = new LinkedHashMap<>();
  private final byte[] key = new byte[32];

  /** Of each user, the MAC of the header that was right last: a hash per request is too slow. */
  private final Map<String, byte[]> recognised = new ConcurrentHashMap<>();

  private Users() {
    new SecureRandom().nextBytes(key);
  }

  /**
   * Reads a file of users.
   *
   * @throws IllegalArgumentException if a line is wrong; the message names the line, not its hash
   */
  public static Users read(Path file) throws IOException {
    Users all = new Users();
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      try {
        String[] parts = line.strip().split(":", 3);
        if (parts.length != 3 || parts[0].isEmpty()) {
          throw new IllegalArgumentException("expected NAME:ROLE:HASH");
        }
        User user = new User(Role.of(parts[1]), PasswordHash.parse(parts[2]));
        if (all.users.put(parts[0], user) != null) {
          throw new IllegalArgumentException("user " + parts[0] + " is there twice");
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "%s line %d: %s".formatted(file, number, e.getMessage()), e);
      }
    }
    if (all.users.isEmpty()) {
      throw new IllegalArgumentException(file + ": no users, expected at least one");
    }
    return all;
  }

  /** A line for the file. */
  public static String line(String name, String role, String password) {
    if (name.isEmpty() || name.chars().anyMatch(c -> c == ':' || Character.isISOControl(c))) {
      throw new IllegalArgumentException("user '%s', expected a name without ':'".formatted(name));
    }
    if (password.isEmpty()) {
      throw new IllegalArgumentException("an empty password, expected one with characters");
    }
    return "%s:%s:%s".formatted(name, Role.of(role).word(), PasswordHash.of(password));
  }

  /** The role that a header was recognised for before; empty if it has to be verified. */
  Optional<Role> recognised(@Nullable String authorization) {
    String[] credentials = credentials(authorization);
    if (authorization == null || credentials.length == 0) {
      return Optional.empty();
    }
    User user = users.get(credentials[0]);
    byte[] known = recognised.get(credentials[0]);
    return user != null && known != null && MessageDigest.isEqual(known, mac(authorization))
        ? Optional.of(user.role())
        : Optional.empty();
  }

  /** The role that a header gives, or empty for a wrong one; takes as long as a hash. */
  Optional<Role> verify(@Nullable String authorization) {
    String[] credentials = credentials(authorization);
    if (authorization == null || credentials.length == 0) {
      return Optional.empty();
    }
    User user = users.get(credentials[0]);
    boolean right = (user == null ? NOBODY : user.hash()).matches(credentials[1]);
    if (user == null || !right) {
      return Optional.empty();
    }
    recognised.put(credentials[0], mac(authorization));
    return Optional.of(user.role());
  }

  /** Name and password, or nothing if the header holds none. */
  private static String[] credentials(@Nullable String authorization) {
    if (authorization == null
        || authorization.length() > MAX_HEADER_CHARS
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return new String[0];
    }
    try {
      String decoded =
          new String(
              Base64.getDecoder().decode(authorization.substring(SCHEME.length()).strip()),
              StandardCharsets.UTF_8);
      int colon = decoded.indexOf(':');
      return colon < 0
          ? new String[0]
          : new String[] {decoded.substring(0, colon), decoded.substring(colon + 1)};
    } catch (IllegalArgumentException e) {
      return new String[0];
    }
  }

  private byte[] mac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA256", e);
    }
  }

  @Override
  public String toString() {
    return "users " + List.copyOf(users.keySet());
  }
}
