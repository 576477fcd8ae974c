package io.millrace.ingestion;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;

/**
 * How long clicks take to come: the distribution of the delay from an impression to its click,
 * given that one comes within the attribution window. Learned from the stream while most delays are
 * still unknown, so each span of delays is judged by the impressions that are old enough for it.
 *
 * <p>Of the K = 64 spans, each longer than the one before by the same factor, span k has seen
 * {@code c_k} clicks and {@code n_k} impressions that have reached its middle. With {@code q_k} its
 * share by the prior and {@code r = Σ c / Σ n q}, its share is proportional to {@code q_k (c_k + m)
 * / (n_k r q_k + m)}, m = 4 clicks: by the prior where nothing is known, by counts where there are
 * many. Both counts are halved when there are 16,384 clicks, so that the law may change.
 *
 * <p>The prior is log-normal with a standard deviation of 2.5 and its median at 1/90 of the window,
 * cut at the window: the law of the 227 installs in TalkingData's AdTracking sample, whose window
 * is half a day.
 *
 * <p>Time is event time, in milliseconds. Everything is a function of the calls. Not thread-safe.
 */
public final class DelayLaw {
  private static final int SPANS = 64;
  private static final int SLOTS = 1024;
  private static final double SHORTEST = 1e-5; // in windows
  private static final double PRIOR_MEDIAN = 1.0 / 90; // in windows
  private static final double PRIOR_DEVIATION = 2.5;
  private static final double PRIOR_CLICKS = 4;
  private static final double MOST_CLICKS = 16_384;

  /** Of a time, so that sums do not overflow: later by far than any event may be. */
  private static final double LATEST = 0x1p52;

  /** Of the stored form. */
  public static final int BYTES = 8 * (2 + 3 * SPANS + SLOTS);

  private final long window;
  private final double slotMillis;
  private final double[] bounds = new double[SPANS + 1]; // ms
  private final long[] middles = new long[SPANS]; // of the spans, in whole slots
  private final double[] prior = new double[SPANS];
  private final double[] clicks = new double[SPANS];
  private final double[] exposed = new double[SPANS];

  /** Impressions by time, the newest slots only. */
  private final double[] slots = new double[SLOTS];

  /** Shares of all spans up to each, as of the last slot. */
  private final double[] upTo = new double[SPANS];

  /** The slot that time is in; {@link Long#MIN_VALUE} before the first impression. */
  private long slot = Long.MIN_VALUE;

  /**
   * The prior.
   *
   * @param window within which clicks count, at least a millisecond
   */
  public DelayLaw(Duration window) {
    this.window = window.toMillis();
    this.slotMillis = Math.max(1, this.window / (SLOTS - 2.0));
    for (int k = 0; k < SPANS; k++) {
      bounds[k + 1] = this.window * Math.pow(SHORTEST, 1 - (k + 1.0) / SPANS);
    }
    double below = 0;
    for (int k = 0; k < SPANS; k++) {
      middles[k] = (long) ((bounds[k] + bounds[k + 1]) / 2 / slotMillis);
      double now = normal(Math.log(bounds[k + 1] / this.window / PRIOR_MEDIAN) / PRIOR_DEVIATION);
      prior[k] = now - below;
      below = now;
    }
    double all = Arrays.stream(prior).sum();
    for (int k = 0; k < SPANS; k++) {
      prior[k] /= all;
    }
    update();
  }

  /** The standard normal distribution function, to within 1.5e-7 (Abramowitz and Stegun 7.1.26). */
  private static double normal(double x) {
    double z = Math.abs(x) / Math.sqrt(2);
    double t = 1 / (1 + 0.3275911 * z);
    double poly =
        t
            * (0.254829592
                + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    double erf = 1 - poly * StrictMath.exp(-z * z);
    return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
  }

  /** An impression came. */
  public void onImpression(long eventTime) {
    long at = slotOf(eventTime);
    if (slot == Long.MIN_VALUE || at > slot) {
      advance(at);
    }
    for (int k = 0; k < SPANS && at < passed(k); k++) {
      exposed[k]++;
    }
    if (at > slot - SLOTS) {
      slots[Math.floorMod(at, SLOTS)]++;
    }
  }

  /**
   * A click came.
   *
   * @param delay after its impression, in milliseconds; what is negative counts as none
   */
  public void onClick(long delay) {
    double count = ++clicks[spanOf(Math.max(0, delay))];
    if (count > MOST_CLICKS / SPANS && Arrays.stream(clicks).sum() >= MOST_CLICKS) {
      for (int k = 0; k < SPANS; k++) {
        clicks[k] /= 2;
        exposed[k] /= 2;
      }
    }
  }

  private long slotOf(long time) {
    return (long) Math.floor(Math.max(-LATEST, Math.min(LATEST, time)) / slotMillis);
  }

  /** Impressions of earlier slots have reached the middle of span k. */
  private long passed(int k) {
    return slot - middles[k];
  }

  private void advance(long to) {
    if (slot == Long.MIN_VALUE) {
      slot = to;
      return;
    }
    long from = slot;
    for (long s = Math.max(from + 1, to - 2 * SLOTS); s <= to; s++) {
      slot = s;
      // Each span's border moves by one slot: its impressions have reached it now.
      for (int k = 0; k < SPANS; k++) {
        long reached = passed(k) - 1;
        if (reached > s - SLOTS) {
          exposed[k] += slots[Math.floorMod(reached, SLOTS)];
        }
      }
      slots[Math.floorMod(s, SLOTS)] = 0;
    }
    update();
  }

  private void update() {
    double all = 0;
    double expected = 0;
    for (int k = 0; k < SPANS; k++) {
      all += clicks[k];
      expected += exposed[k] * prior[k];
    }
    double rate = expected > 0 ? all / expected : 0;
    double sum = 0;
    for (int k = 0; k < SPANS; k++) {
      sum += prior[k] * (clicks[k] + PRIOR_CLICKS) / (exposed[k] * rate * prior[k] + PRIOR_CLICKS);
      upTo[k] = sum;
    }
    for (int k = 0; k < SPANS; k++) {
      upTo[k] /= sum;
    }
  }

  private int spanOf(double delay) {
    int k = 0;
    while (k < SPANS - 1 && delay > bounds[k + 1]) {
      k++;
    }
    return k;
  }

  /** The share of clicks that have come after so many milliseconds. */
  public double share(long delay) {
    if (delay <= 0) {
      return 0;
    }
    if (delay >= window) {
      return 1;
    }
    int k = spanOf(delay);
    double below = k == 0 ? 0 : upTo[k - 1];
    return below + (upTo[k] - below) * part(k, delay);
  }

  private double part(int k, double delay) {
    return k == 0
        ? delay / bounds[1]
        : Math.log(delay / bounds[k]) / Math.log(bounds[k + 1] / bounds[k]);
  }

  /**
   * A delay by this law.
   *
   * @param u uniform in [0, 1)
   * @return the delay by which a share of u has come, in milliseconds, below the window
   */
  public long delay(double u) {
    int k = 0;
    while (k < SPANS - 1 && upTo[k] <= u) {
      k++;
    }
    double below = k == 0 ? 0 : upTo[k - 1];
    double part = (u - below) / (upTo[k] - below);
    double delay =
        k == 0 ? part * bounds[1] : bounds[k] * Math.pow(bounds[k + 1] / bounds[k], part);
    return Math.min(window - 1, (long) delay);
  }

  /**
   * The stored form: window and slot as i64, then clicks, exposures, shares and slots as doubles.
   */
  public byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(BYTES).putLong(window).putLong(slot);
    for (double[] values : new double[][] {clicks, exposed, upTo, slots}) {
      for (double value : values) {
        out.putDouble(value);
      }
    }
    return out.array();
  }

  /**
   * Goes on from {@link #toBytes}'s form; one of another window says nothing, and changes nothing.
   *
   * @throws IllegalArgumentException if it is no such form
   */
  public void restore(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "delay law: " + bytes.length + " bytes, expected " + BYTES);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getLong() != window) {
      return;
    }
    slot = in.getLong();
    for (double[] values : new double[][] {clicks, exposed, upTo, slots}) {
      for (int i = 0; i < values.length; i++) {
        values[i] = in.getDouble();
      }
    }
  }
}
