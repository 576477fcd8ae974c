package io.millrace.experiment.growthbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.experiment.BucketRanges;
import io.millrace.experiment.condition.Condition;
import io.millrace.experiment.condition.SavedGroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.AssertionFailedError;

/**
 * All cases of GrowthBook's own suite for SDKs. The file is not part of the project: it is looked
 * for in {@code data} under the folder that the system property {@code millrace.shared} names, and
 * the test is skipped without it.
 */
class GrowthBookCasesTest {
  private static final double TOLERANCE = 1e-6;
  private static final JsonNode NOTHING = new ObjectMapper().createObjectNode();

  private static final Map<String, Consumer<JsonNode>> KINDS =
      Map.ofEntries(
          Map.entry("evalCondition", GrowthBookCasesTest::condition),
          Map.entry("hash", GrowthBookCasesTest::hash),
          Map.entry("getBucketRange", GrowthBookCasesTest::bucketRange),
          Map.entry("chooseVariation", GrowthBookCasesTest::chooseVariation),
          Map.entry("getQueryStringOverride", GrowthBookCasesTest::queryString),
          Map.entry("inNamespace", GrowthBookCasesTest::namespace),
          Map.entry("getEqualWeights", GrowthBookCasesTest::equalWeights),
          Map.entry("feature", GrowthBookCasesTest::feature),
          Map.entry("contextualBandit", GrowthBookCasesTest::feature),
          Map.entry("run", GrowthBookCasesTest::run),
          Map.entry("stickyBucket", GrowthBookCasesTest::stickyBucket));

  /** What does not apply, and why. */
  private static final Map<String, String> LEFT_OUT =
      Map.of(
          "decrypt", "features are not sent encrypted",
          "urlRedirect", "a server shows no pages that could be redirected");

  private static JsonNode cases() throws IOException {
    Path file = Path.of(System.getProperty("millrace.shared", "."), "data/growthbook-cases.json");
    assumeTrue(Files.exists(file), () -> "skipped: needs the data file " + file.getFileName());
    return new ObjectMapper().readTree(file.toFile());
  }

  @TestFactory
  Stream<DynamicTest> everyCaseOf() throws IOException {
    JsonNode all = cases();
    return KINDS.keySet().stream()
        .sorted()
        .map(
            kind ->
                DynamicTest.dynamicTest(
                    kind, () -> runAll(all.path(kind), Objects.requireNonNull(KINDS.get(kind)))));
  }

  private static void runAll(JsonNode cases, Consumer<JsonNode> check) {
    assertThat(cases).isNotEmpty();
    List<String> failed = new ArrayList<>();
    for (JsonNode each : cases) {
      try {
        check.accept(each);
      } catch (AssertionError | RuntimeException e) {
        failed.add(each.get(0) + ": " + e.getMessage());
      }
    }
    assertThat(failed).as("failed of %d", cases.size()).isEmpty();
  }

  /**
   * 503 of the 517 are run; the rest is listed with its reason, and a new kind is not overlooked.
   */
  @Test
  void everyKindIsRunOrLeftOutForAReason() throws IOException {
    int run = 0;
    int leftOut = 0;
    for (Map.Entry<String, JsonNode> kind : cases().properties()) {
      if (kind.getKey().equals("specVersion")) {
        continue;
      }
      assertThat(KINDS.containsKey(kind.getKey()))
          .as(kind.getKey())
          .isNotEqualTo(LEFT_OUT.containsKey(kind.getKey()));
      run += KINDS.containsKey(kind.getKey()) ? kind.getValue().size() : 0;
      leftOut += LEFT_OUT.containsKey(kind.getKey()) ? kind.getValue().size() : 0;
    }
    assertThat(run).isEqualTo(503);
    assertThat(leftOut).isEqualTo(14);
  }

  private static void condition(JsonNode test) {
    UserContext user = UserContext.parse(nested("attributes", test.get(2)));
    assertThat(Condition.parse(test.get(1)).holds(user.attributes(), SavedGroups.of(test.path(4))))
        .isEqualTo(test.get(3).booleanValue());
  }

  private static ObjectNode nested(String key, JsonNode value) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.set(key, value);
    return json;
  }

  private static void hash(JsonNode test) {
    var hash = Bucketing.hash(test.get(0).asText(), test.get(1).asText(), test.get(2).intValue());
    if (test.get(3).isNull()) {
      assertThat(hash).isEmpty();
    } else {
      assertThat(hash.orElseThrow()).isEqualTo(test.get(3).doubleValue());
    }
  }

  private static void bucketRange(JsonNode test) {
    JsonNode given = test.get(1);
    double[] weights = given.get(2).isNull() ? null : numbers(given.get(2));
    BucketRanges ranges =
        Bucketing.ranges(given.get(0).intValue(), given.get(1).doubleValue(), weights);
    assertThat(ranges.size()).isEqualTo(test.get(2).size());
    for (int i = 0; i < ranges.size(); i++) {
      JsonNode expected = test.get(2).get(i);
      assertThat(ranges.from(i)).isCloseTo(expected.get(0).doubleValue(), within(TOLERANCE));
      assertThat(ranges.to(i)).isCloseTo(expected.get(1).doubleValue(), within(TOLERANCE));
    }
  }

  private static double[] numbers(JsonNode array) {
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = array.get(i).doubleValue();
    }
    return numbers;
  }

  private static void chooseVariation(JsonNode test) {
    List<BucketRange> given = BucketRange.all(test.get(2));
    BucketRanges ranges =
        BucketRanges.of(
            given.stream().mapToDouble(BucketRange::from).toArray(),
            given.stream().mapToDouble(BucketRange::to).toArray());
    assertThat(ranges.arm(test.get(1).doubleValue())).isEqualTo(test.get(3).intValue());
  }

  private static void queryString(JsonNode test) {
    assertThat(
            QueryString.override(
                test.get(1).asText(), test.get(2).asText(), test.get(3).intValue()))
        .isEqualTo(
            test.get(4).isNull() ? OptionalInt.empty() : OptionalInt.of(test.get(4).intValue()));
  }

  private static void namespace(JsonNode test) {
    assertThat(Bucketing.isInNamespace(test.get(1).asText(), Namespace.parse(test.get(2))))
        .isEqualTo(test.get(3).booleanValue());
  }

  private static void equalWeights(JsonNode test) {
    assertThat(Bucketing.equalWeights(test.get(0).intValue()))
        .containsExactly(numbers(test.get(1)), within(TOLERANCE));
  }

  private static GrowthBookEngine engine(JsonNode context) {
    return new GrowthBookEngine(Features.parse(context), exposed -> {});
  }

  private static void feature(JsonNode test) {
    FeatureResult result =
        engine(test.get(1)).feature(test.get(2).asText(), UserContext.parse(test.get(1)));
    same("", test.get(3), result.toJson());
  }

  private static void run(JsonNode test) {
    ExperimentResult result = engine(test.get(1)).run(test.get(2), UserContext.parse(test.get(1)));
    same("value", test.get(3), result.value());
    assertThat(result.inExperiment()).isEqualTo(test.get(4).booleanValue());
    assertThat(result.hashUsed()).isEqualTo(test.get(5).booleanValue());
  }

  private static void stickyBucket(JsonNode test) {
    UserContext user = UserContext.parse(test.get(1));
    StickyBuckets buckets = new StickyBuckets();
    for (JsonNode document : test.get(2)) {
      String value = document.path("attributeValue").asText();
      JsonNode own = test.get(1).path("attributes").path(document.path("attributeName").asText());
      if (value.equals(own.asText())) {
        buckets.add(document);
      }
    }
    FeatureResult result = engine(test.get(1)).feature(test.get(3).asText(), user.with(buckets));
    JsonNode found =
        result.experimentResult().<JsonNode>map(ExperimentResult::toJson).orElse(NOTHING);
    same("", test.get(4).isNull() ? NOTHING : test.get(4), found);
    same("", test.get(5), buckets.toJson());
  }

  /** Whether JSON is the same, as numbers and not as they are written. */
  private static void same(String place, JsonNode expected, JsonNode actual) {
    if (expected.isNumber() && actual.isNumber()) {
      assertThat(actual.doubleValue()).as(place).isEqualTo(expected.doubleValue());
    } else if (expected.isContainerNode()) {
      if (expected.size() != actual.size() || expected.getNodeType() != actual.getNodeType()) {
        throw new AssertionFailedError("%s: %s, expected %s".formatted(place, actual, expected));
      }
      for (Map.Entry<String, JsonNode> entry : expected.properties()) {
        same(place + "." + entry.getKey(), entry.getValue(), actual.path(entry.getKey()));
      }
      for (int i = 0; expected.isArray() && i < expected.size(); i++) {
        same(place + "[" + i + "]", expected.get(i), actual.get(i));
      }
    } else {
      assertThat(actual).as(place).isEqualTo(expected);
    }
  }
}
