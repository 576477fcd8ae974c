package io.millrace.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordTemplateTest {
  private static final long SEED = 20_260_601;

  private static final FeatureSchema SCHEMA =
      FeatureSchema.parse(
          new Schema.Parser()
              .parse(
                  """
                  {"type":"record","name":"Ad","millrace":{"time":"at"},"fields":[
                    {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
                    {"name":"user","type":"string","feature":{"kind":"categorical"}},
                    {"name":"item","aliases":["ad"],"type":"string",
                     "feature":{"kind":"categorical"}},
                    {"name":"hour","type":["null","int"],"feature":{"kind":"categorical"}},
                    {"name":"price","type":"double","default":1.5,"feature":{"kind":"numeric"}},
                    {"name":"history","type":{"type":"array","items":"string"},"default":[],
                     "feature":{"kind":"sequence"}}]}
                  """));

  private static final RecordTemplate TEMPLATE = new RecordTemplate(SCHEMA, SCHEMA);
  private static final List<String> NAMES =
      List.of("at", "user", "item", "ad", "hour", "price", "history", "colour");
  private static final List<Object> VALUES =
      List.of(7, 8_000_000_000L, "x", 2.5, true, List.of("a", "b"), List.of(1), "NULL", "x", "y");

  /** Whatever is shared and whatever is not: the record is that of all values in one map. */
  @Test
  void aRecordIsThatOfAllItsValuesTogether() {
    SplittableRandom random = new SplittableRandom(SEED);
    int made = 0;
    for (int i = 0; i < 50_000; i++) {
      Map<String, @Nullable Object> shared = new LinkedHashMap<>();
      Map<String, @Nullable Object> own = new LinkedHashMap<>();
      for (String name : NAMES) {
        if (random.nextInt(name.equals("colour") || name.equals("ad") ? 20 : 5) == 0) {
          continue;
        }
        if (name.equals("colour") || name.equals("ad")) {
          continue;
        }
        (random.nextBoolean() ? shared : own).put(name, value(name, random));
      }
      if (random.nextInt(10) == 0) {
        own.put(random.nextBoolean() ? "colour" : "ad", "x");
      }
      Map<String, @Nullable Object> all = new HashMap<>(shared);
      all.putAll(own);
      String what = "seed %d, case %d: %s and %s".formatted(SEED, i, shared, own);
      Object expected = result(() -> FeatureRecords.fromMap(SCHEMA, all));
      Object actual = result(() -> TEMPLATE.share(shared, Map.of()).with(own));
      assertThat(actual).as(what).isEqualTo(expected);
      made += expected instanceof GenericRecord ? 1 : 0;
    }
    assertThat(made).isBetween(5000, 45_000);
  }

  private static @Nullable Object value(String name, SplittableRandom random) {
    if (random.nextInt(12) == 0) {
      Object any = VALUES.get(random.nextInt(VALUES.size()));
      return any.equals("NULL") ? null : any;
    }
    return switch (name) {
      case "at" -> 5L;
      case "hour" -> 3;
      case "price" -> 0.25;
      case "history" -> List.of("a");
      default -> "v";
    };
  }

  /** The record, or that there is none: which of several errors is told may differ. */
  private static Object result(java.util.function.Supplier<GenericRecord> maker) {
    try {
      return maker.get();
    } catch (InvalidFeatureException e) {
      return "invalid";
    }
  }

  @Test
  void manyRecordsOfOneTemplateDoNotMix() {
    RecordTemplate.Shared shared =
        TEMPLATE.share(Map.of("user", "u", "price", 2), Map.of("at", 9L));
    List<GenericRecord> records = new ArrayList<>();
    records.add(shared.with(Map.of("item", "a", "hour", 1)));
    records.add(shared.with(Map.of("item", "b", "at", 10L)));
    records.add(shared.with(Map.of("ad", "c")));
    records.get(0).put("user", "changed");
    assertThat(records.stream().map(Object::toString))
        .containsExactly(
            "{\"at\": 9, \"user\": \"changed\", \"item\": \"a\", \"hour\": 1, \"price\": 2.0,"
                + " \"history\": []}",
            "{\"at\": 10, \"user\": \"u\", \"item\": \"b\", \"hour\": null, \"price\": 2.0,"
                + " \"history\": []}",
            "{\"at\": 9, \"user\": \"u\", \"item\": \"c\", \"hour\": null, \"price\": 2.0,"
                + " \"history\": []}");
  }

  @Test
  void namesWhatCannotBeUsed() {
    assertThatThrownBy(() -> TEMPLATE.share(Map.of("usr", "u"), Map.of()))
        .hasMessage("field usr: \"u\", expected a field of Ad, did you mean 'user'?");
    RecordTemplate.Shared shared = TEMPLATE.share(Map.of("user", "u", "item", "i"), Map.of());
    assertThatThrownBy(() -> shared.with(Map.of("ad", "a", "at", 1)))
        .hasMessage(
            "field ad: \"a\", expected either it or item, which are one field of Ad, not both");
    assertThatThrownBy(() -> shared.with(Map.of()))
        .hasMessage(
            "field at: null, expected a value (it is neither nullable nor has it a default)");
    assertThatThrownBy(() -> shared.with(Map.of("at", "now")))
        .hasMessage("field at: \"now\", expected an integer of 64 bits");
  }

  /** An automatic value stands in for one that is not given or null. */
  @Test
  void anAutomaticValueGivesWay() {
    Map<String, @Nullable Object> nothing = new HashMap<>();
    nothing.put("at", null);
    RecordTemplate.Shared shared =
        TEMPLATE.share(Map.of("user", "u", "item", "i"), Map.of("at", 9L));
    assertThat(shared.with(Map.of()).get("at")).isEqualTo(9L);
    assertThat(shared.with(nothing).get("at")).isEqualTo(9L);
    assertThat(shared.with(Map.of("at", 3)).get("at")).isEqualTo(3L);
  }

  @Test
  void aNameTooLongToBeAMistypedOneCostsNothing() {
    assertThatThrownBy(() -> TEMPLATE.share(Map.of("x".repeat(1_000_000), 1), Map.of()))
        .hasMessageContaining("known: at, history");
  }
}
