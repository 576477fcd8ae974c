package io.millrace.world;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The users and their open sessions. Some users come far more often than others; a user who comes
 * asks several times before leaving.
 */
final class Population {
  private static final int OPEN_SESSIONS = 1_000;
  private static final double MEAN_SESSION_REQUESTS = 6;
  private static final int HISTORY_LENGTH = 5;
  private static final double ZIPF_EXPONENT = 0.7;
  private static final int[] SEGMENT_WEIGHTS = {20, 16, 20, 14, 16, 14};
  private static final int[] DEVICE_WEIGHTS = {50, 25, 10, 15};
  private static final double OTHER_DEVICE_SHARE = 0.15;

  /**
   * A user as the world knows one.
   *
   * @param usualDevice index in {@link Tastes#DEVICES}
   * @param hoursFromUtc where the user lives
   */
  record User(int index, String id, int segment, int usualDevice, int hoursFromUtc) {}

  private static final class Session {
    final User user;
    final int device;
    int requestsLeft;

    Session(User user, int device, int requests) {
      this.user = user;
      this.device = device;
      this.requestsLeft = requests;
    }
  }

  /** Who asks, and from what. */
  record Visit(User user, int device) {}

  private final long seed;
  private final Zipf activity;
  private final Deque<String>[] histories;
  private final Session[] sessions = new Session[OPEN_SESSIONS];

  @SuppressWarnings({"unchecked", "rawtypes"})
  Population(long seed, int users, SplittableRandom random) {
    this.seed = Noise.hash(seed, 0x05E2, 0);
    this.activity = new Zipf(users, ZIPF_EXPONENT);
    this.histories = new Deque[users];
    for (int u = 0; u < users; u++) {
      histories[u] = new ArrayDeque<>(HISTORY_LENGTH + 1);
    }
    for (int s = 0; s < OPEN_SESSIONS; s++) {
      sessions[s] = openSession(random);
    }
  }

  /** The next request of one of the open sessions. */
  Visit next(SplittableRandom random) {
    int s = random.nextInt(OPEN_SESSIONS);
    if (sessions[s].requestsLeft == 0) {
      sessions[s] = openSession(random);
    }
    sessions[s].requestsLeft--;
    return new Visit(sessions[s].user, sessions[s].device);
  }

  /** Categories that the user clicked last, oldest first. */
  List<String> history(User user) {
    return List.copyOf(histories[user.index()]);
  }

  /** The user has clicked an ad of the category. */
  void clicked(User user, String category) {
    Deque<String> history = histories[user.index()];
    history.addLast(category);
    if (history.size() > HISTORY_LENGTH) {
      history.removeFirst();
    }
  }

  User user(int index) {
    return new User(
        index,
        "user-" + index,
        pick(SEGMENT_WEIGHTS, Noise.uniform(seed, index, 1)),
        pick(DEVICE_WEIGHTS, Noise.uniform(seed, index, 2)),
        (int) (24 * Noise.uniform(seed, index, 3)) - 12);
  }

  private Session openSession(SplittableRandom random) {
    User user = user(activity.next(random));
    int device =
        random.nextDouble() < OTHER_DEVICE_SHARE
            ? pick(DEVICE_WEIGHTS, random.nextDouble())
            : user.usualDevice();
    double stop = 1 / MEAN_SESSION_REQUESTS;
    int requests = 1 + (int) (Math.log1p(-random.nextDouble()) / Math.log1p(-stop));
    return new Session(user, device, requests);
  }

  private static int pick(int[] weights, double uniform) {
    int sum = 0;
    for (int w : weights) {
      sum += w;
    }
    double x = uniform * sum;
    int i = 0;
    while (i < weights.length - 1 && x >= weights[i]) {
      x -= weights[i++];
    }
    return i;
  }
}
