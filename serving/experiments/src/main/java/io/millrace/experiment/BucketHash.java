package io.millrace.experiment;

/**
 * GrowthBook's hash of a unit, version 2 and version 1, of 32-bit FNV-1a
 * (https://docs.growthbook.io/lib/build-your-own, "hash"). Its characters are UTF-16's code units,
 * whole: so does the SDK for JavaScript, and SDKs that hash bytes of UTF-8 differ from it beyond
 * ASCII. Immutable.
 *
 * <p>Version 2 is {@code fnv(decimal(fnv(seed + unit))) mod 10000 / 10000}, version 1 {@code
 * fnv(unit + seed) mod 1000 / 1000}.
 */
public final class BucketHash {
  /** Buckets of version 2. */
  public static final int BUCKETS = 10_000;

  /** Buckets of version 1. */
  static final int BUCKETS_OF_VERSION_1 = 1000;

  private static final int OFFSET = 0x811c9dc5;
  private static final int PRIME = 0x01000193;

  private final String seed;
  private final int afterSeed;

  /** The hash of version 2 with a seed. */
  public BucketHash(String seed) {
    this.seed = seed;
    this.afterSeed = fnv(OFFSET, seed);
  }

  /** Where a unit falls by version 2, a multiple of 1/10000 in [0, 1). Allocates nothing. */
  public double of(CharSequence unit) {
    return bucket(unit) / (double) BUCKETS;
  }

  /** The number of a unit's bucket by version 2, 0 to 9999. */
  public int bucket(CharSequence unit) {
    return Integer.remainderUnsigned(ofDecimal(fnv(afterSeed, unit)), BUCKETS);
  }

  /** Where a unit falls by version 1, a multiple of 1/1000 in [0, 1). */
  public double ofVersion1(CharSequence unit) {
    int hash = fnv(fnv(OFFSET, unit), seed);
    return Integer.remainderUnsigned(hash, BUCKETS_OF_VERSION_1) / (double) BUCKETS_OF_VERSION_1;
  }

  private static int fnv(int hash, CharSequence text) {
    int state = hash;
    for (int i = 0; i < text.length(); i++) {
      state = (state ^ text.charAt(i)) * PRIME;
    }
    return state;
  }

  /** The hash of an unsigned number's decimal digits. */
  private static int ofDecimal(int unsigned) {
    long rest = Integer.toUnsignedLong(unsigned);
    long digits = 0; // four bits each, the first digit lowest
    int count = 0;
    do {
      digits = digits << 4 | rest % 10;
      rest /= 10;
      count++;
    } while (rest != 0);
    int state = OFFSET;
    for (; count > 0; count--) {
      state = (state ^ (int) ('0' + (digits & 0xf))) * PRIME;
      digits >>>= 4;
    }
    return state;
  }
}
