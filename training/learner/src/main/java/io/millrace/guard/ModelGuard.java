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
 * clicks from chance. Figures of the last {@link #RECENT} windows together are compared with what
 * they usually are for this model, a mean and a deviation that forget over some hundred windows. A
 * <em>fault</em> is one of
 *
 * <ul>
 *   <li>rate: the odds of a positive are {@link #RATE_TIMES} what they were, up or down,
 *   <li>calibration: {@link #TIMES} as many positives by predicted ones as before, up or down,
 *   <li>normalized entropy: worse than the best constant prediction, and by {@link #WORSE} than
 *       before,
 *   <li>a tenth more of the examples than before cannot be learned,
 * </ul>
 *
 * where the first three are also {@link #DEVIATIONS} deviations away. The first {@link #UNSETTLED}
 * windows of a model are not counted as its past, and nothing is a fault before {@link #WARM_UP}
 * more.
 *
 * <p>While the rate is off, labels cannot be trusted, and under {@link GuardPolicy#PAUSE} nothing
 * is learned; otherwise learning goes on. A fault ends when the figures of {@link #GOOD} windows
 * one after the other are near the past again, which does not move meanwhile. After {@link
 * #PATIENCE} of event time the world is taken as it is: the model learns, a new past is gathered,
 * and the fault ends with it.
 *
 * <p>A learner learns within a thousand examples, so what it is when a fault is found may be spoilt
 * already. {@link #soundVersion} is of before the windows that the fault was found in.
 *
 * <p>Stored form, version 1, big endian: byte 1; the window that is open; int number of recent
 * windows, each with a long version behind it; {@link Usual} of rate, calibration and entropy;
 * double share unlearnable; longs windows, windows of the past, good windows since the fault, event
 * time of the fault and latest event time, sound version; booleans rate off, anew; UTF fault, empty
 * if there is none. Not thread-safe.
 */
public final class ModelGuard {
  /** Examples of a window, at least. */
  public static final int WINDOW_EXAMPLES = 256;

  /** After so much event time a fault that stays is taken for how the world is. */
  public static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Windows whose figures are looked at together. */
  static final int RECENT = 4;

  /** Windows that have to be as usual for a fault to end. */
  static final int GOOD = 8;

  /** Windows in which a model is new. */
  static final int UNSETTLED = 24;

  /** Windows of a past that something can be compared with. */
  static final int WARM_UP = 40;

  /** Deviations beyond which chance is ruled out. */
  static final double DEVIATIONS = 6;

  /** By how much normalized entropy must be worse. */
  static final double WORSE = 0.15;

  /** By how much positives by predicted ones must be off, up or down. */
  static final double TIMES = 1.7;

  /** By how much the odds of a positive must be off, up or down. */
  static final double RATE_TIMES = 3;

  private static final byte FORMAT = 1;
  private static final double TELLING = 12;
  private static final int LONGEST_WINDOW = 16_384;
  private static final double UNLEARNABLE = 0.1;
  private static final long NO_TIME = Long.MIN_VALUE;

  /** Of a version. */
  private static final long NONE = -1;

  /**
   * A window that is over.
   *
   * @param version that the model had at its end
   */
  private record Closed(GuardWindow window, long version) {}

  private final GuardPolicy policy;
  private final Deque<Closed> recent = new ArrayDeque<>();
  private GuardWindow open = new GuardWindow();
  private Usual rate = new Usual();
  private Usual calibration = new Usual();
  private Usual entropy = new Usual();
  private double unlearnable;
  private long windows;
  private long pastWindows;
  private long goodWindows;
  private long faultSince = NO_TIME;
  private long latest = NO_TIME;
  private long soundVersion = NONE;
  private boolean rateOff;
  private boolean anew;
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
   * @param version of the model with it
   */
  public void endStep(long eventTime, long version) {
    if (policy == GuardPolicy.OFF) {
      return;
    }
    latest = Math.max(latest, eventTime);
    boolean tells = open.telling() >= TELLING || open.unlearnable() > 0;
    if (open.size() < WINDOW_EXAMPLES || (!tells && open.size() < LONGEST_WINDOW)) {
      return;
    }
    recent.addLast(new Closed(open, version));
    open = new GuardWindow();
    windows++;
    // One more than is looked at: its end is where the others begin.
    if (recent.size() > RECENT + 1) {
      recent.removeFirst();
    }
    if (windows <= UNSETTLED || recent.size() <= RECENT) {
      return;
    }
    GuardWindow now = new GuardWindow();
    recent.stream().skip(1).forEach(closed -> now.add(closed.window()));
    if (fault == null) {
      lookFor(now);
    } else {
      lookAgain(now);
    }
  }

  private void lookFor(GuardWindow now) {
    fault = pastWindows < WARM_UP ? null : problem(now);
    if (fault == null) {
      remember(now);
      return;
    }
    faultSince = latest;
    goodWindows = 0;
    soundVersion = recent.getFirst().version();
    rateOff = isRateOff(now, 0.5);
  }

  private void remember(GuardWindow now) {
    pastWindows++;
    rate.add(now.logOdds());
    calibration.add(now.calibration());
    entropy.add(now.normalizedEntropy());
    unlearnable += (now.unlearnableShare() - unlearnable) / Math.min(pastWindows, 400);
  }

  /** Whether the rate differs by a part of what makes a fault. */
  private boolean isRateOff(GuardWindow now, double part) {
    double chance = 1 / Math.sqrt(now.examples() * now.rate() * (1 - now.rate()) + 1);
    return isFar(now.logOdds(), rate, Math.log(RATE_TIMES), chance, part);
  }

  private boolean isCalibrationOff(GuardWindow now, double part) {
    double chance = 1 / Math.sqrt(now.predicted() + 5);
    return isFar(now.calibration(), calibration, Math.log(TIMES), chance, part);
  }

  private static boolean isFar(
      double value, Usual usual, double material, double chance, double part) {
    double off = Math.abs(value - usual.mean());
    double far = Math.max(material, DEVIATIONS * Math.max(usual.deviation(), chance / 2));
    return off > part * far;
  }

  private boolean isEntropyOff(GuardWindow now, double part) {
    double worse = Math.max(WORSE, DEVIATIONS * entropy.deviation());
    return now.normalizedEntropy() > entropy.mean() + part * worse;
  }

  /** What is wrong, in words, or null. */
  private @Nullable String problem(GuardWindow now) {
    if (isRateOff(now, 1)) {
      double odds = Math.exp(rate.mean());
      return words(
          "%.2f %% of the last %,d examples are positive, %.2f %% before",
          100 * now.rate(), now.examples(), 100 * odds / (1 + odds));
    }
    if (isCalibrationOff(now, 1)) {
      return words(
          "%.1f of the last %,d examples were predicted to be positive, %,.0f are: %.2f times, %.2f"
              + " before",
          now.predicted(),
          now.examples(),
          now.positives(),
          Math.exp(now.calibration()),
          Math.exp(calibration.mean()));
    }
    if (now.normalizedEntropy() > 1 && isEntropyOff(now, 1)) {
      return words(
          "the normalized entropy of the last %,d examples is %.3f, %.3f before; the best constant"
              + " prediction has 1",
          now.examples(), now.normalizedEntropy(), entropy.mean());
    }
    if (now.unlearnableShare() > unlearnable + UNLEARNABLE) {
      return words(
          "%,d of the last %,d examples could not be learned, %.1f %% before",
          now.unlearnable(), now.size(), 100 * unlearnable);
    }
    return null;
  }

  private static String words(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private void lookAgain(GuardWindow now) {
    if (!anew && latest - faultSince > PATIENCE.toMillis()) {
      anew = true;
      rateOff = false;
      rate = new Usual();
      calibration = new Usual();
      entropy = new Usual();
      unlearnable = 0;
      pastWindows = 0;
    }
    if (anew) {
      remember(now);
      if (pastWindows >= WARM_UP && now.normalizedEntropy() <= 1) {
        end();
      }
      return;
    }
    rateOff = isRateOff(now, 0.5);
    boolean good =
        !rateOff
            && !isCalibrationOff(now, 0.7)
            && !isEntropyOff(now, 0.7)
            && now.unlearnableShare() <= unlearnable + UNLEARNABLE / 2;
    goodWindows = good ? goodWindows + 1 : 0;
    if (goodWindows >= GOOD) {
      end();
    }
  }

  private void end() {
    fault = null;
    faultSince = NO_TIME;
    soundVersion = NONE;
    rateOff = false;
    anew = false;
  }

  /** Why the model is not to be served, in words; empty if nothing is wrong. */
  public Optional<String> fault() {
    if (fault == null) {
      return Optional.empty();
    }
    return Optional.of(learns() ? fault : fault + "; nothing is learned while that is so");
  }

  /** The newest version of before a fault, -1 if nothing is wrong. */
  public long soundVersion() {
    return soundVersion;
  }

  /** Whether the model is to learn from the next step, or only to predict it. */
  public boolean learns() {
    return policy != GuardPolicy.PAUSE || fault == null || !rateOff;
  }

  /** The stored form; see the class doc. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      open.write(out);
      out.writeInt(recent.size());
      for (Closed closed : recent) {
        closed.window().write(out);
        out.writeLong(closed.version());
      }
      rate.write(out);
      calibration.write(out);
      entropy.write(out);
      out.writeDouble(unlearnable);
      out.writeLong(windows);
      out.writeLong(pastWindows);
      out.writeLong(goodWindows);
      out.writeLong(faultSince);
      out.writeLong(latest);
      out.writeLong(soundVersion);
      out.writeBoolean(rateOff);
      out.writeBoolean(anew);
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
      int count = in.readInt();
      if (count < 0 || count > RECENT + 1) {
        throw new IOException("guard: " + count + " recent windows, expected 0 to " + (RECENT + 1));
      }
      for (int i = 0; i < count; i++) {
        guard.recent.addLast(new Closed(GuardWindow.read(in), in.readLong()));
      }
      guard.rate = Usual.read(in);
      guard.calibration = Usual.read(in);
      guard.entropy = Usual.read(in);
      guard.unlearnable = in.readDouble();
      guard.windows = in.readLong();
      guard.pastWindows = in.readLong();
      guard.goodWindows = in.readLong();
      guard.faultSince = in.readLong();
      guard.latest = in.readLong();
      guard.soundVersion = in.readLong();
      guard.rateOff = in.readBoolean();
      guard.anew = in.readBoolean();
      String fault = in.readUTF();
      guard.fault = fault.isEmpty() ? null : fault;
      if (in.available() > 0) {
        throw new IOException("guard: " + in.available() + " bytes left over");
      }
    }
    return policy == GuardPolicy.OFF ? new ModelGuard(policy) : guard;
  }
}
