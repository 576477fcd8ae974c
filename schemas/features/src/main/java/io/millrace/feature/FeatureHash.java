package io.millrace.feature;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;

/**
 * Tokens: the keyed 64-bit hashes of one feature's values. They are part of every stored model, so
 * this definition never changes.
 *
 * <ul>
 *   <li>key = XXH3-64(id in UTF-8), seed 0
 *   <li>string = XXH3-64(UTF-8 bytes), seed key
 *   <li>integral number, boolean (0, 1) = XXH3-64(8 bytes, little endian), seed key
 *   <li>cross = fold over the tokens t of its fields, in the declared order, from h = key: h =
 *       XXH3-64(h, t; 16 bytes, little endian), seed key
 *   <li>the one token of a numeric feature, and the token of a missing value = XXH3-64 of the ASCII
 *       bytes of {@code value} and {@code missing}, seed ~key: no string can equal them
 * </ul>
 *
 * Immutable and safe to share.
 */
public final class FeatureHash {
  private final long key;
  private final Hasher64 hasher;
  private final long numericToken;
  private final long missingToken;

  private FeatureHash(long key) {
    this.key = key;
    this.hasher = Hashing.xxh3_64(key);
    Hasher64 reserved = Hashing.xxh3_64(~key);
    this.numericToken = reserved.hashBytesToLong("value".getBytes(StandardCharsets.US_ASCII));
    this.missingToken = reserved.hashBytesToLong("missing".getBytes(StandardCharsets.US_ASCII));
  }

  /** The hash of the feature with identity {@code id}. */
  public static FeatureHash of(String id) {
    return new FeatureHash(key(id));
  }

  /** The key of the feature with identity {@code id}. */
  public static long key(String id) {
    return Hashing.xxh3_64().hashBytesToLong(id.getBytes(StandardCharsets.UTF_8));
  }

  public long key() {
    return key;
  }

  /** The token of a string, given as UTF-8. */
  public long ofUtf8(byte[] bytes, int offset, int length) {
    return hasher.hashBytesToLong(bytes, offset, length);
  }

  /** The token of a string. */
  public long ofString(String value) {
    return hasher.hashBytesToLong(value.getBytes(StandardCharsets.UTF_8));
  }

  /** The token of an integral number. */
  public long ofLong(long value) {
    return hasher.hashLongToLong(value);
  }

  /** One step of a cross: {@code h} is {@link #key()} at first. */
  public long cross(long h, long token) {
    return hasher.hashLongLongToLong(h, token);
  }

  /** The one token of a numeric feature's values. */
  public long numericToken() {
    return numericToken;
  }

  /** The token of a missing value. */
  public long missingToken() {
    return missingToken;
  }
}
