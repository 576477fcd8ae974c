package io.millrace.access;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A password that can be recognised but not read: PBKDF2 with HMAC-SHA256 (RFC 8018). Its text is
 * {@code pbkdf2-sha256$ITERATIONS$SALT$HASH}, the last two in Base64.
 */
final class PasswordHash {
  private static final String NAME = "pbkdf2-sha256";
  private static final int ITERATIONS = 210_000;
  private static final int MAX_ITERATIONS = 10_000_000;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  private final int iterations;
  private final byte[] salt;
  private final byte[] hash;

  private PasswordHash(int iterations, byte[] salt, byte[] hash) {
    this.iterations = iterations;
    this.salt = salt;
    this.hash = hash;
  }

  /** Hashes a password with a new random salt. */
  static PasswordHash of(String password) {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    return new PasswordHash(ITERATIONS, salt, derive(password, salt, ITERATIONS));
  }

  /**
   * @throws IllegalArgumentException if the text is no such hash; the message does not repeat it
   */
  static PasswordHash parse(String text) {
    String[] parts = text.split("\\$", -1);
    if (parts.length != 4 || !parts[0].toLowerCase(Locale.ROOT).equals(NAME)) {
      throw new IllegalArgumentException(
          "no password hash, expected " + NAME + "$ITERATIONS$SALT$HASH");
    }
    int iterations = Integer.parseInt(parts[1]);
    byte[] salt = Base64.getDecoder().decode(parts[2]);
    byte[] hash = Base64.getDecoder().decode(parts[3]);
    if (iterations < 1000
        || iterations > MAX_ITERATIONS
        || salt.length < 8
        || hash.length != HASH_BYTES) {
      throw new IllegalArgumentException(
          "password hash with %d iterations, %d bytes of salt and %d of hash, expected 1000 to %d, 8 or more, %d"
              .formatted(iterations, salt.length, hash.length, MAX_ITERATIONS, HASH_BYTES));
    }
    return new PasswordHash(iterations, salt, hash);
  }

  /** Whether this is the hash of a password; takes some tens of milliseconds, whatever it is. */
  boolean matches(String password) {
    return MessageDigest.isEqual(hash, derive(password, salt, iterations));
  }

  private static byte[] derive(String password, byte[] salt, int iterations) {
    try {
      PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, HASH_BYTES * 8);
      try {
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
            .generateSecret(spec)
            .getEncoded();
      } finally {
        spec.clearPassword();
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has PBKDF2", e);
    }
  }

  @Override
  public String toString() {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return String.join(
        "$",
        NAME,
        Integer.toString(iterations),
        base64.encodeToString(salt),
        base64.encodeToString(hash));
  }
}
