package io.millrace.metrics;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates predictions whose labels come late: by cohorts, the impressions of a span of event
 * time. A cohort counts when the labels of all its impressions are final, all of it at once, so
 * that clicks, which come before their absence is known, cannot be counted without the rest of
 * their time. Until then it counts for nothing.
 *
 * <p>A prediction is entered with the label that holds for now, and moved when it is corrected. An
 * impression that comes when its cohort has been counted is left out, and counted as such.
 *
 * <p>A cohort is about a tenth of the time that labels take: the longest of 10 s, 30 s, 1, 5, 10
 * and 30 min, 1, 6 and 24 h that is no longer than that, or 10 s.
 *
 * <p>Times are event times in milliseconds. Memory: an {@link Evaluation} for each cohort that is
 * not complete, of which there are 64 at most: beyond them the latest is given up, since it is of
 * producers whose clocks are far ahead. Stored form, version 1, big endian: byte 1; longs counted
 * until and left out; the evaluations of all and of the newest complete cohort, each with an int
 * length; int number of open ones, each with longs start, end, complete at, and its evaluation. Not
 * thread-safe.
 */
public final class Cohorts {
  private static final byte FORMAT = 1;
  private static final int MOST_OPEN = 64;
  private static final long NONE = Long.MIN_VALUE;
  private static final long SECOND = 1000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long[] SPANS = {
    10 * SECOND,
    30 * SECOND,
    MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    HOUR,
    6 * HOUR,
    24 * HOUR
  };

  /**
   * Impressions of a span.
   *
   * @param completeAt event time from which no label of theirs can change
   */
  private record Cohort(long end, long completeAt, Evaluation evaluation) {
    long finalAfter() {
      return completeAt - end;
    }
  }

  private final TreeMap<Long, Cohort> open = new TreeMap<>();
  private final Evaluation all;
  private Evaluation newest;
  private long countedUntil = NONE;
  private long leftOut;

  /** None. */
  public Cohorts() {
    this(new Evaluation(), new Evaluation());
  }

  private Cohorts(Evaluation all, Evaluation newest) {
    this.all = all;
    this.newest = newest;
  }

  /** Length of the cohorts of impressions whose labels are final after so many milliseconds. */
  static long span(long finalAfter) {
    long span = SPANS[0];
    for (long candidate : SPANS) {
      span = candidate <= finalAfter / 10 ? candidate : span;
    }
    return span;
  }

  /**
   * Enters an impression.
   *
   * @param probability that was predicted when it was made
   * @param label that holds for now
   * @param finalFrom event time from which the label cannot change
   */
  public void add(long eventTime, double probability, int label, long finalFrom) {
    Cohort cohort = cohort(eventTime, finalFrom);
    if (cohort == null) {
      leftOut++;
      return;
    }
    cohort.evaluation().addProbability(probability, label);
  }

  /**
   * Corrects the label of an impression that was entered with the other one; parameters as then,
   * but the label that holds now. One that was not entered is left out.
   */
  public void correct(long eventTime, double probability, int label, long finalFrom) {
    Cohort cohort = entered(eventTime, finalFrom);
    if (cohort != null && cohort.evaluation().removeProbability(probability, 1 - label)) {
      cohort.evaluation().addProbability(probability, label);
    }
  }

  /** Takes back an impression that was entered. */
  public void remove(long eventTime, double probability, int label, long finalFrom) {
    Cohort cohort = entered(eventTime, finalFrom);
    if (cohort != null) {
      cohort.evaluation().removeProbability(probability, label);
    }
  }

  /** The open cohort of an impression that was entered. */
  private @Nullable Cohort entered(long eventTime, long finalFrom) {
    long finalAfter = finalFrom - eventTime;
    long span = span(finalAfter);
    Cohort cohort = open.get(Math.floorDiv(eventTime, span) * span);
    return cohort != null && cohort.finalAfter() == finalAfter ? cohort : null;
  }

  private @Nullable Cohort cohort(long eventTime, long finalFrom) {
    long finalAfter = finalFrom - eventTime;
    if (!open.isEmpty() && open.firstEntry().getValue().finalAfter() != finalAfter) {
      // Another window was configured: spans and corrections are no longer those of before.
      open.values().forEach(cohort -> leftOut += cohort.evaluation().examples());
      open.clear();
    }
    long span = span(finalAfter);
    long start = Math.floorDiv(eventTime, span) * span;
    if (start < countedUntil) {
      return null;
    }
    Cohort cohort = open.get(start);
    if (cohort == null) {
      if (open.size() == MOST_OPEN) {
        if (start > open.lastKey()) {
          return null;
        }
        leftOut += open.pollLastEntry().getValue().evaluation().examples();
      }
      cohort = new Cohort(start + span, start + span + finalAfter, new Evaluation());
      open.put(start, cohort);
    }
    return cohort;
  }

  /** Counts the cohorts whose labels are all final at an event time that was reached. */
  public void advance(long eventTime) {
    while (!open.isEmpty() && open.firstEntry().getValue().completeAt() <= eventTime) {
      Cohort first = open.pollFirstEntry().getValue();
      countedUntil = first.end();
      newest = first.evaluation();
      all.merge(newest);
    }
  }

  /** All cohorts that are complete. */
  public Evaluation all() {
    return all;
  }

  /** The newest cohort that is complete; empty if none is. */
  public Evaluation newest() {
    return newest;
  }

  /** Event time up to which impressions are counted, if any are. */
  public OptionalLong countedUntil() {
    return countedUntil == NONE ? OptionalLong.empty() : OptionalLong.of(countedUntil);
  }

  /** Event time at which the next cohort will be complete, if one has begun. */
  public OptionalLong nextAt() {
    return open.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(open.firstEntry().getValue().completeAt());
  }

  /** Impressions that came after their cohort was counted, or far ahead of the others. */
  public long leftOut() {
    return leftOut;
  }

  /** As they stand. */
  public CohortFigures figures() {
    return new CohortFigures(defined(all), defined(newest), leftOut, countedUntil(), nextAt());
  }

  private static @Nullable Metrics defined(Evaluation evaluation) {
    return evaluation.examples() == 0 ? null : evaluation.metrics();
  }

  /** The stored form; see the class doc. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeLong(countedUntil);
      out.writeLong(leftOut);
      write(all, out);
      write(newest, out);
      out.writeInt(open.size());
      for (Map.Entry<Long, Cohort> entry : open.entrySet()) {
        out.writeLong(entry.getKey());
        out.writeLong(entry.getValue().end());
        out.writeLong(entry.getValue().completeAt());
        write(entry.getValue().evaluation(), out);
      }
    } catch (IOException e) {
      throw new AssertionError("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  private static void write(Evaluation evaluation, DataOutputStream out) throws IOException {
    byte[] bytes = evaluation.toBytes();
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Reads {@link #toBytes}'s form.
   *
   * @throws IllegalArgumentException if the bytes are no such form
   */
  public static Cohorts fromBytes(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int format = in.readByte();
      if (format != FORMAT) {
        throw new IllegalArgumentException("cohorts: format " + format + ", expected " + FORMAT);
      }
      long countedUntil = in.readLong();
      long leftOut = in.readLong();
      Cohorts cohorts = new Cohorts(read(in), read(in));
      cohorts.countedUntil = countedUntil;
      cohorts.leftOut = leftOut;
      for (int left = in.readInt(); left > 0; left--) {
        long start = in.readLong();
        cohorts.open.put(start, new Cohort(in.readLong(), in.readLong(), read(in)));
      }
      if (in.read() != -1) {
        throw new IllegalArgumentException("cohorts: " + bytes.length + " bytes, expected fewer");
      }
      return cohorts;
    } catch (IOException e) {
      throw new IllegalArgumentException("cohorts: " + bytes.length + " bytes, expected more", e);
    }
  }

  private static Evaluation read(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException(length + " bytes of an evaluation, expected 0 to " + in.available());
    }
    return Evaluation.fromBytes(in.readNBytes(length));
  }
}
