package io.millrace.training;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.millrace.learner.LengthPrefixed;
import io.millrace.metrics.Cohorts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the learner said of impressions before it learned them, until their labels are final: their
 * cohorts, for those that nobody has logged an answer of this model for. Of many impressions a
 * sample is kept, by a hash of the id, halved whenever there are 32,768 at a time.
 *
 * <p>Stored form, version 2, big endian: byte 2; int halvings; long event time from which
 * impressions count; the cohorts with an int length; int number of predictions, each with longs
 * fingerprint, event time and final time, a float and a byte of the label. In version 1 all
 * impressions counted. Not thread-safe.
 */
final class Predictions {
  private static final byte FORMAT = 2;
  private static final byte ALL_COUNT = 1;
  private static final long NEXT_MARK = Long.MAX_VALUE;
  private static final int CAPACITY = 1 << 15;
  private static final long SWEEP_MILLIS = 10_000;
  private static final Hasher64 FINGERPRINT = Hashing.xxh3_64(0x736179696E67L);

  private record Said(long eventTime, long finalTime, float probability, int label) {}

  private final Map<Long, Said> said = new LinkedHashMap<>();
  private final int capacity;
  private Cohorts cohorts = new Cohorts();
  private int halvings;
  private long nextSweep = Long.MIN_VALUE;
  private long from = Long.MIN_VALUE;

  /**
   * Those of a learner that joins in the middle of a stream: impressions count from the next mark
   * of event time on, because of earlier ones it meets those alone whose labels come late.
   */
  static Predictions fromNextMark() {
    Predictions predictions = new Predictions();
    predictions.from = NEXT_MARK;
    return predictions;
  }

  Predictions() {
    this(CAPACITY);
  }

  /**
   * @param capacity predictions at a time
   */
  Predictions(int capacity) {
    this.capacity = capacity;
  }

  private static long fingerprint(String id) {
    byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
    return FINGERPRINT.hashBytesToLong(bytes, 0, bytes.length);
  }

  private boolean sampled(long fingerprint) {
    return (fingerprint & ((1L << halvings) - 1)) == 0;
  }

  /**
   * An impression is learned for the first time.
   *
   * @param probability that was predicted before
   * @param label that holds for now
   * @param finalTime event time from which the label cannot change
   */
  void add(String id, long eventTime, float probability, int label, long finalTime) {
    long fingerprint = fingerprint(id);
    if (eventTime < from || !sampled(fingerprint)) {
      return;
    }
    if (said.put(fingerprint, new Said(eventTime, finalTime, probability, label)) != null) {
      return;
    }
    cohorts.add(eventTime, probability, label, finalTime);
    while (said.size() > capacity) {
      halve();
    }
  }

  /** What is no longer in the sample leaves its cohort too. */
  private void halve() {
    halvings++;
    Iterator<Map.Entry<Long, Said>> all = said.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Long, Said> entry = all.next();
      if (!sampled(entry.getKey())) {
        Said gone = entry.getValue();
        cohorts.remove(gone.eventTime, gone.probability, gone.label, gone.finalTime);
        all.remove();
      }
    }
  }

  /** The label of an impression has changed. */
  void correct(String id, int label) {
    long fingerprint = fingerprint(id);
    Said before = said.get(fingerprint);
    if (before != null && before.label != label) {
      cohorts.correct(before.eventTime, before.probability, label, before.finalTime);
      said.put(
          fingerprint, new Said(before.eventTime, before.finalTime, before.probability, label));
    }
  }

  /** Counts the cohorts that are complete, and forgets what cannot change any more. */
  void advance(long eventTime) {
    cohorts.advance(eventTime);
    if (from == NEXT_MARK) {
      from = eventTime;
    }
    // An estimate of a quiet night may have been taken back.
    if (eventTime >= nextSweep || eventTime < nextSweep - SWEEP_MILLIS) {
      nextSweep = Math.max(eventTime, eventTime + SWEEP_MILLIS);
      said.values().removeIf(one -> one.finalTime <= eventTime);
    }
  }

  Cohorts cohorts() {
    return cohorts;
  }

  /** The share of impressions that is kept. */
  double share() {
    return Math.scalb(1.0, -halvings);
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeInt(halvings);
      out.writeLong(from);
      LengthPrefixed.write(cohorts.toBytes(), out);
      out.writeInt(said.size());
      for (Map.Entry<Long, Said> entry : said.entrySet()) {
        out.writeLong(entry.getKey());
        out.writeLong(entry.getValue().eventTime);
        out.writeLong(entry.getValue().finalTime);
        out.writeFloat(entry.getValue().probability);
        out.writeByte(entry.getValue().label);
      }
    } catch (IOException e) {
      throw new AssertionError("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads {@link #toBytes}'s form.
   *
   * @throws IOException if the bytes are no such form
   */
  static Predictions fromBytes(byte[] bytes) throws IOException {
    Predictions predictions = new Predictions();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int format = in.readByte();
      if (format < ALL_COUNT || format > FORMAT) {
        throw new IOException("predictions: format " + format + ", expected 1 or 2");
      }
      predictions.halvings = in.readInt();
      predictions.from = format == ALL_COUNT ? Long.MIN_VALUE : in.readLong();
      predictions.cohorts = Cohorts.fromBytes(LengthPrefixed.read(in));
      for (int left = in.readInt(); left > 0; left--) {
        long fingerprint = in.readLong();
        predictions.said.put(
            fingerprint, new Said(in.readLong(), in.readLong(), in.readFloat(), in.readByte()));
      }
      if (in.available() > 0) {
        throw new IOException("predictions: " + in.available() + " bytes left over");
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    return predictions;
  }
}
