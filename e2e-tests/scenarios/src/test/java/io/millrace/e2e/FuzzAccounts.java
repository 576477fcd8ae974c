package io.millrace.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Compares what a platform says of its events with what its topics hold: every event is an example,
 * a repetition, rejected, or waits for its time.
 *
 * @param status of the server
 * @param faults told what does not add up, by kind
 */
record FuzzAccounts(JsonNode status, FuzzAudit audit, BiConsumer<String, String> faults) {
  private static final List<String> NOT_DECODED =
      List.of(
          "malformed_bytes",
          "unknown_schema_id",
          "undecodable",
          "unexpected_type",
          "invalid_feature",
          "absurd_event_time",
          "too_large",
          "invalid_id");

  /** Whether the counters add up, with each other and with the topics. */
  void sums() {
    long undecoded = NOT_DECODED.stream().mapToLong(reason -> count(reason)).sum();
    long impressions = count("impressions");
    equal(
        "records committed and decided on",
        audit.committed(),
        undecoded + impressions + count("clicks"));
    equal(
        "impressions and what became of them",
        impressions,
        count("positives")
            + count("negatives")
            + count("duplicate_impressions")
            + count("late_impression")
            + audit.waiting().size());
    equal(
        "clicks and what became of them",
        count("clicks"),
        count("positives")
            + count("duplicate_clicks")
            + count("late_click")
            + count("click_for_unknown_impression")
            + audit.waitingClicks());
    // An id that comes again after it was forgotten makes a second example.
    equal(
        "impressions repeated",
        audit.repeated(),
        count("duplicate_impressions") + audit.examples() - audit.labels().size());
    equal(
        "examples",
        audit.examples(),
        count("positives") + count("negatives") + audit.provisional());
    equal(
        "examples learned",
        audit.examples() + audit.corrections(),
        metric("learned")
            + metric("corrections")
            + metric("taken_back")
            + metric("duplicates")
            + metric("rejected")
            + metric("other_schema"));
    audit
        .byReason()
        .forEach(
            (reason, number) -> {
              if (!reason.equals("incompatible_schema") && !reason.equals("unlearnable")) {
                equal("rejected as " + reason, number, count(reason));
              }
            });
    equal("rejected twice", audit.rejectedTwice(), 0);
    if (audit.unexplained() > 0) {
      faults.accept("account", audit.unexplained() + " rejected events without a detail");
    }
    if (!audit.lost().isEmpty()) {
      faults.accept("account", "neither example nor rejected nor repeated: " + some(audit.lost()));
    }
  }

  private static String some(Collection<String> ids) {
    return ids.size() + ", as " + ids.stream().limit(5).toList();
  }

  private long count(String name) {
    return Scenario.ingested(status, name);
  }

  private long metric(String name) {
    return (long) Scenario.metric(status, name);
  }

  private void equal(String what, long one, long other) {
    if (one != other) {
      faults.accept("account", "%s: %d and %d, expected the same".formatted(what, one, other));
    }
  }

  /**
   * Whether each good impression is an example with the label that its click says.
   *
   * @param good impressions
   * @param clicked which of them were clicked
   * @param late clicks of them that were rejected, which leave another label
   */
  void goodLabels(int good, BitSet clicked, long late) {
    List<String> lost = new ArrayList<>();
    List<String> mislabelled = new ArrayList<>();
    for (int n = 0; n < good; n++) {
      Integer label = audit.labels().get("good-" + n);
      if (label == null) {
        lost.add("good-" + n);
      } else if (label != (clicked.get(n) ? 1 : 0)) {
        mislabelled.add("good-" + n);
      }
    }
    if (!lost.isEmpty()) {
      faults.accept("good events", "no example: " + some(lost));
    }
    if (mislabelled.size() != late) {
      faults.accept(
          "good events",
          "with another label than their click says: "
              + some(mislabelled)
              + ", but late clicks: "
              + late);
    }
  }

  /**
   * What became of each kind of event.
   *
   * @param kindOf records written ({@code impressions@17}) and their kind
   * @param right outcomes by kind
   */
  Map<String, Map<String, Long>> outcomes(
      Map<String, String> kindOf, Map<String, Set<String>> right) {
    Map<String, Map<String, Long>> outcomes = new TreeMap<>();
    kindOf.forEach(
        (place, kind) -> {
          String outcome = audit.rejected().getOrDefault(place, FuzzEvents.ACCEPTED);
          outcomes.computeIfAbsent(kind, k -> new TreeMap<>()).merge(outcome, 1L, Long::sum);
          if (!right.getOrDefault(kind, Set.of()).contains(outcome)) {
            faults.accept(
                "event '" + kind + "'",
                "%s (%s), expected one of %s".formatted(outcome, place, right.get(kind)));
          }
        });
    return outcomes;
  }
}
