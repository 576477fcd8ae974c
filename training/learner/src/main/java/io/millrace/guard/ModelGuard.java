package io.millrace.guard;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Watches what a model predicts of each example before it learns it, and says when that goes wrong.
 * A function of the examples in their order: it looks at no clock.
 *
 * <p>Examples are gathered in windows of at least {@link #WINDOW_EXAMPLES} that hold enough to tell
 * clicks from chance. The last window, and the last {@link #RECENT} together, are compared with the
 * model's own past, an average that forgets over some hundred windows. A <em>fault</em> is one of
 *
 * <ul>
 *   <li>calibration: {@link #TIMES} as many positives by predicted ones as before, up or down,
 *   <li>normalized entropy: worse by {@link #WORSE} than a constant prediction of the past's rate
 *       would have been, and than the model was before,
 *   <li>examples that cannot be learned: a tenth of all more than before,
 * </ul>
 *
 * where the first two are also {@link #DEVIATIONS} standard deviations away, in units of how much
 * the windows of the past differed. Before {@link #WARM_UP} windows nothing is a fault.
 *
 * <p>A fault ends when the last windows are near the past again, which does not move meanwhile.
 * After {@link #PATIENCE} of event time the world is taken as it is: a model that was paused learns
 * again, a new past is gathered, and the fault ends when predictions fit that.
 *
 * <p>Stored form, version 1, big endian: byte 1; the window that is open, the past, then an int
 * number of recent windows and each ({@link GuardWindow}); doubles variance of the past's two
 * scores; longs windows of the past, good windows since the fault, event time of the fault and
 * latest event time; UTF fault, empty if there is none. Not thread-safe.
 */
public final class ModelGuard {
  /** Examples of a window, at least. */
  public static final int WINDOW_EXAMPLES = 256;

  /** After so much event time a fault that stays is taken for how the world is. */
  public static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Windows that are compared with the past. */
  static final int RECENT = 4;

  /** Windows of a past that something can be compared with. */
  static final int WARM_UP = 40;

  /** Standard deviations beyond which chance is ruled out. */
  static final double DEVIATIONS = 6;

  /** By how much normalized entropy must be worse. */
  static final double WORSE = 0.1;

  private static final byte FORMAT = 1;
  private static final int MEMORY_WINDOWS = 500;
  private static final double WINDOW_VARIANCE = 12;
  private static final int LONGEST_WINDOW = 16_384;

  /** By how much positives by predicted ones must be off, up or down. */
  static final double TIMES = 1.7;

  private static final double TIMES_TO_CLEAR = 1.4;
  private static final double UNLEARNABLE = 0.1;
  private static final long NO_TIME = Long.MIN_VALUE;

  private final GuardPolicy policy;
  private final Deque<GuardWindow> recent = new ArrayDeque<>();
  private GuardWindow open = new GuardWindow();
  private GuardWindow past = new GuardWindow();
  private double calibrationSpread = 1;
  private double lossSpread = 1;
  private long pastWindows;
  private long goodWindows;
  private long faultSince = NO_TIME;
  private long latest = NO_TIME;
  private @Nullable String fault;

  /** One that has seen nothing. */
  public ModelGuard(GuardPolicy policy) {
    this.policy = policy;
  }

  /**
   * Takes an example.
   *
   * @param probability that was predicted before it was learned, in [0, 1]
   * @param label of {@link io.millrace.model.Label}
   */
  public void add(double probability, byte label) {
    if (policy != GuardPolicy.OFF) {
      open.add(probability, label);
    }
  }

  /** Takes an example that was left out, because a number of the model became too large by it. */
  public void addUnlearnable() {
    if (policy != GuardPolicy.OFF) {
      open.addUnlearnable();
    }
  }

  /**
   * A step of learning is over: looks, if a window is full.
   *
   * @param eventTime of its examples, in milliseconds
   */
  public void endStep(long eventTime) {
    if (policy == GuardPolicy.OFF) {
      return;
    }
    latest = Math.max(latest, eventTime);
    long size = open.examples() + open.unlearnable();
    boolean telling =
        Math.max(open.variance(), open.positives()) >= WINDOW_VARIANCE || open.unlearnable() > 0;
    if (size < WINDOW_EXAMPLES || (!telling && size < LONGEST_WINDOW)) {
      return;
    }
    GuardWindow window = open;
    open = new GuardWindow();
    recent.addLast(window);
    if (recent.size() > RECENT) {
      recent.removeFirst();
    }
    if (fault == null) {
      lookFor(window);
    } else {
      lookAgain(window);
    }
  }

  private GuardWindow lately() {
    GuardWindow sum = new GuardWindow();
    recent.forEach(sum::add);
    return sum;
  }

  private void lookFor(GuardWindow window) {
    if (pastWindows >= WARM_UP) {
      fault = problem(window);
      if (fault == null) {
        fault = problem(lately());
      }
      if (fault != null) {
        faultSince = latest;
        goodWindows = 0;
        return;
      }
    }
    remember(window);
  }

  private void remember(GuardWindow window) {
    pastWindows++;
    double weight = 1.0 / Math.min(pastWindows, MEMORY_WINDOWS);
    if (pastWindows > 1) {
      double calibration = window.calibrationScore(past.calibration());
      double loss = window.lossScore(past.lossRatio());
      calibrationSpread += weight * (calibration * calibration - calibrationSpread);
      lossSpread += weight * (loss * loss - lossSpread);
    }
    if (pastWindows > MEMORY_WINDOWS) {
      past.fade(1 - weight);
    }
    past.add(window);
  }

  /** What is wrong, in words, or null. */
  private @Nullable String problem(GuardWindow now) {
    double before = past.calibration();
    double ratio = (now.positives() + 5) / (before * now.predicted() + 5);
    double calibration = now.calibrationScore(before) / Math.sqrt(Math.max(1, calibrationSpread));
    if ((ratio > TIMES || ratio < 1 / TIMES) && Math.abs(calibration) > DEVIATIONS) {
      return words(
          "%.1f of the last %,d examples were predicted to be positive, %,.0f are: %.2f times, %.2f"
              + " before",
          now.predicted(), now.examples(), now.positives(), now.calibration(), before);
    }
    double entropyBefore = past.normalizedEntropy(past.rate());
    double entropy = now.normalizedEntropy(past.rate());
    double loss = now.lossScore(past.lossRatio()) / Math.sqrt(Math.max(1, lossSpread));
    if (now.examples() > 0 && entropy > Math.max(1, entropyBefore) + WORSE && loss > DEVIATIONS) {
      return words(
          "the normalized entropy of the last %,d examples is %.3f, %.3f before; a constant"
              + " prediction has 1",
          now.examples(), entropy, entropyBefore);
    }
    if (now.unlearnableShare() > past.unlearnableShare() + UNLEARNABLE) {
      return words(
          "%,d of the last %,d examples could not be learned, %.1f %% before",
          now.unlearnable(), now.examples() + now.unlearnable(), 100 * past.unlearnableShare());
    }
    return null;
  }

  private static String words(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private void lookAgain(GuardWindow window) {
    if (faultSince != NO_TIME && latest - faultSince > PATIENCE.toMillis()) {
      faultSince = NO_TIME;
      past = new GuardWindow();
      pastWindows = 0;
      calibrationSpread = 1;
      lossSpread = 1;
    }
    if (faultSince == NO_TIME) {
      remember(window);
    }
    goodWindows = isGood(lately()) ? goodWindows + 1 : 0;
    boolean known = faultSince != NO_TIME || pastWindows >= WARM_UP;
    if (known && goodWindows >= RECENT) {
      fault = null;
      faultSince = NO_TIME;
    }
  }

  private boolean isGood(GuardWindow now) {
    boolean anew = faultSince == NO_TIME;
    double before = anew ? 1 : past.calibration();
    double ratio = (now.positives() + 5) / (before * now.predicted() + 5);
    double entropyBefore = anew ? 1 : past.normalizedEntropy(past.rate());
    double entropy = now.normalizedEntropy(anew ? now.rate() : past.rate());
    double unlearnable = anew ? 0 : past.unlearnableShare();
    return ratio < TIMES_TO_CLEAR
        && ratio > 1 / TIMES_TO_CLEAR
        && entropy < Math.max(1, entropyBefore) + WORSE / 2
        && now.unlearnableShare() <= unlearnable + UNLEARNABLE / 2;
  }

  /** Why the model is not to be served, in words; empty if nothing is wrong. */
  public Optional<String> fault() {
    if (fault == null) {
      return Optional.empty();
    }
    return Optional.of(learns() ? fault : fault + "; it does not learn until that is right again");
  }

  /** Whether the model is to learn from the next step, or only to predict it. */
  public boolean learns() {
    return policy != GuardPolicy.PAUSE || fault == null || faultSince == NO_TIME;
  }

  /** The stored form; see the class doc. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      open.write(out);
      past.write(out);
      out.writeInt(recent.size());
      for (GuardWindow window : recent) {
        window.write(out);
      }
      out.writeDouble(calibrationSpread);
      out.writeDouble(lossSpread);
      out.writeLong(pastWindows);
      out.writeLong(goodWindows);
      out.writeLong(faultSince);
      out.writeLong(latest);
      out.writeUTF(fault == null ? "" : fault);
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
  public static ModelGuard fromBytes(GuardPolicy policy, byte[] bytes) throws IOException {
    ModelGuard guard = new ModelGuard(policy);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int format = in.readByte();
      if (format != FORMAT) {
        throw new IOException("guard: format " + format + ", expected " + FORMAT);
      }
      guard.open = GuardWindow.read(in);
      guard.past = GuardWindow.read(in);
      int windows = in.readInt();
      if (windows < 0 || windows > RECENT) {
        throw new IOException("guard: " + windows + " recent windows, expected 0 to " + RECENT);
      }
      for (int i = 0; i < windows; i++) {
        guard.recent.addLast(GuardWindow.read(in));
      }
      guard.calibrationSpread = in.readDouble();
      guard.lossSpread = in.readDouble();
      guard.pastWindows = in.readLong();
      guard.goodWindows = in.readLong();
      guard.faultSince = in.readLong();
      guard.latest = in.readLong();
      String fault = in.readUTF();
      guard.fault = fault.isEmpty() ? null : fault;
      if (in.available() > 0) {
        throw new IOException("guard: " + in.available() + " bytes left over");
      }
    }
    return policy == GuardPolicy.OFF ? new ModelGuard(policy) : guard;
  }
}
