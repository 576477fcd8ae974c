package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.Example;
import io.millrace.event.Served;
import io.millrace.feature.FeatureSchema;
import io.millrace.guard.GuardPolicy;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.wire.AvroWire;
import io.millrace.wire.RejectionReason;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A learner whose examples come in several versions of the feature schema. */
class SchemaSwitchTest {
  private static final String AD = field("ad", "", "");
  private static final String USER = field("user", ",\"default\":\"\"", "");

  private static final Schema V1 = schema("", AD, USER);
  private static final Schema V2 = schema("", AD, USER, field("os", ",\"default\":\"none\"", ""));

  /** The user is gone, the ad has another name, and there is a brand. */
  private static final Schema V3 =
      schema(
          ",\"retired\":[\"user\"]",
          field("brand", ",\"default\":\"\"", ""),
          field("item", ",\"aliases\":[\"ad\"]", ""),
          field("os", ",\"default\":\"none\"", ""));

  private static final Schema WRONG = schema("", AD, field("user", "", ",\"lookups\":2"));

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final AvroWire wire = new AvroWire(registry);

  private static String field(String name, String more, String feature) {
    return "{\"name\":\"%s\",\"type\":\"string\"%s,\"feature\":{\"kind\":\"categorical\"%s}}"
        .formatted(name, more, feature);
  }

  private static Schema schema(String more, String... fields) {
    return new Schema.Parser()
        .parse(
            "{\"type\":\"record\",\"name\":\"Shown\",\"namespace\":\"shop\",\"millrace\":{\"table\":{\"rows\":512,\"dim\":4}%s},\"fields\":[%s]}"
                .formatted(more, String.join(",", fields)));
  }

  private void register(Schema... schemas) {
    for (Schema schema : schemas) {
      registry.register(schema.getFullName(), schema);
    }
  }

  private byte[] example(int i, Schema schema, @Nullable Served served) {
    SplittableRandom random = new SplittableRandom(i);
    GenericRecord record = new GenericData.Record(schema);
    for (Schema.Field field : schema.getFields()) {
      record.put(field.pos(), field.name().charAt(0) + "" + random.nextInt(9));
    }
    return wire.encode(
        Example.newBuilder()
            .setExampleId("e" + i)
            .setEventTime(Instant.ofEpochMilli(i))
            .setLabel(i % 3 == 0 ? 1 : 0)
            .setFeatures(ByteBuffer.wrap(wire.encode(record)))
            .setServed(served)
            .build());
  }

  private static ModelConfig config(ModelKind kind, int stepSize) {
    return ModelConfig.defaults(kind, "m", FeatureSchema.parse(V1))
        .with("{\"stepSize\":" + stepSize + "}");
  }

  private PartitionLearner partition(ModelConfig config, Schema begin) {
    return partition(config, begin, SchemaSwitch.UNKNOWN_ID, false);
  }

  private PartitionLearner partition(ModelConfig config, Schema begin, int id, boolean trained) {
    return new PartitionLearner(
        schema -> CompiledModel.of(config, schema),
        FeatureSchema.parse(begin),
        id,
        trained,
        wire,
        1000,
        GuardPolicy.OFF);
  }

  private static List<String> fields(PartitionLearner partition) {
    return FeatureSchema.parse(new Schema.Parser().parse(partition.featureSchema()))
        .encodedFields()
        .stream()
        .map(feature -> feature.name())
        .toList();
  }

  private static long metric(PartitionLearner partition, String name) {
    return Math.round(Named.of(partition.figures()).getOrDefault(name, -1.0));
  }

  private void read(PartitionLearner partition, int offset, Schema schema) {
    assertThat(partition.read(offset, example(offset, schema, null))).isEmpty();
  }

  @Test
  void theFirstExampleOfANewerVersionEndsTheStepAndSwitches() {
    register(V1, V2, V3);
    PartitionLearner partition = partition(config(ModelKind.FM, 16), V1);
    for (int i = 0; i < 20; i++) {
      read(partition, i, V1);
    }
    assertThat(metric(partition, "learned")).isEqualTo(16);
    assertThat(partition.switchedAt()).isEqualTo(-1);
    read(partition, 20, V2);
    assertThat(metric(partition, "learned")).as("the step of 16 to 19 has ended").isEqualTo(20);
    assertThat(partition.switchedAt()).isEqualTo(20);
    assertThat(partition.version()).isEqualTo(20);
    assertThat(fields(partition)).containsExactly("ad", "user", "os");
    read(partition, 21, V1); // an old producer
    read(partition, 22, V2);
    assertThat(partition.switchedAt()).isEqualTo(20);
    read(partition, 23, V3);
    assertThat(fields(partition)).containsExactly("item", "user", "os", "brand");
    for (int i = 24; i < 32; i++) {
      read(partition, i, i % 3 == 0 ? V1 : i % 3 == 1 ? V2 : V3);
    }
    assertThat(metric(partition, "learned")).isEqualTo(32);
    assertThat(metric(partition, "rejected")).isZero();
    assertThat(partition.switchedAt()).isEqualTo(23);
    partition.close();
  }

  /** Also a model that takes no new features in. */
  @ParameterizedTest
  @CsvSource({"FM", "AUTOINT"})
  void aNewLimitHoldsFromItsFirstExampleOn(ModelKind kind) {
    String plain =
        ",{\"name\":\"price\",\"type\":\"double\",\"default\":0,\"feature\":{\"kind\":\"numeric\"}}";
    Schema wide = schema("", AD + plain);
    Schema narrow = schema("", AD + plain.replace("\"}}", "\",\"limit\":5}}"));
    register(wide, narrow);
    PartitionLearner partition =
        partition(
            ModelConfig.defaults(kind, "m", FeatureSchema.parse(wide)).with("{\"stepSize\":4}"),
            wide);
    assertThat(partition.read(0, priced(0, wide, 7))).isEmpty();
    assertThat(partition.read(1, priced(1, narrow, 3))).isEmpty();
    assertThat(partition.switchedAt()).isEqualTo(1);
    List<PartitionLearner.Refusal> refusals = partition.read(2, priced(2, wide, 7));
    assertThat(refusals).hasSize(1);
    assertThat(refusals.get(0).reason()).isEqualTo(RejectionReason.INVALID_FEATURE);
    assertThat(refusals.get(0).detail())
        .startsWith("field price: 7.0, expected a magnitude of at most 5.0");
    partition.close();
  }

  private byte[] priced(int i, Schema schema, double price) {
    GenericRecord record = new GenericData.Record(schema);
    record.put("ad", "a");
    record.put("price", price);
    return wire.encode(
        Example.newBuilder()
            .setExampleId("e" + i)
            .setEventTime(Instant.ofEpochMilli(i))
            .setLabel(0)
            .setFeatures(ByteBuffer.wrap(wire.encode(record)))
            .setServed(null)
            .build());
  }

  @Test
  void anIncompatibleVersionIsRefusedWithItsReasonAndTheRestGoesOn() {
    register(V1, WRONG, V2);
    PartitionLearner partition = partition(config(ModelKind.LR, 1), V1);
    read(partition, 0, V1);
    List<PartitionLearner.Refusal> refusals = partition.read(1, example(1, WRONG, null));
    assertThat(refusals).hasSize(1);
    PartitionLearner.Refusal refusal = refusals.get(0);
    assertThat(refusal.reason()).isEqualTo(RejectionReason.INCOMPATIBLE_SCHEMA);
    assertThat(refusal.detail())
        .startsWith(
            "shop.Shown version 2 (schema id 2) does not fit a model that learned with schema id 1:"
                + " user: lookups 1 became 2");
    read(partition, 2, V2);
    assertThat(partition.read(3, example(3, WRONG, null))).hasSize(1);
    read(partition, 4, V1);
    assertThat(metric(partition, "learned")).isEqualTo(3);
    assertThat(metric(partition, "rejected")).isEqualTo(2);
    partition.close();
  }

  @Test
  void aModelThatHasLearnedNothingBeginsWithTheFirstExamplesVersion() {
    register(V1, V2);
    PartitionLearner partition = partition(config(ModelKind.FM, 1), V2, 2, false);
    read(partition, 5, V1);
    assertThat(fields(partition)).containsExactly("ad", "user");
    read(partition, 6, V2);
    assertThat(fields(partition)).containsExactly("ad", "user", "os");
    PartitionLearner trained = partition(config(ModelKind.FM, 1), V2, 2, true);
    read(trained, 5, V1);
    assertThat(fields(trained)).containsExactly("ad", "user", "os");
    assertThat(trained.switchedAt()).isEqualTo(-1);
    partition.close();
    trained.close();
  }

  @Test
  void attentionGoesOnWithoutTheNewFeatureButTakesANewName() {
    register(V1, V2, V3);
    ModelConfig config = config(ModelKind.AUTOINT, 1);
    PartitionLearner partition = partition(config, V1);
    read(partition, 0, V1);
    read(partition, 1, V2);
    assertThat(fields(partition)).containsExactly("ad", "user");
    read(partition, 2, V3);
    assertThat(fields(partition)).containsExactly("item", "user");
    read(partition, 3, V1);
    assertThat(metric(partition, "learned")).isEqualTo(4);
    partition.close();
  }

  @Test
  void whatTheOldSchemaHadServedIsNotCompared() {
    register(V1, V2);
    PartitionLearner partition = partition(config(ModelKind.LR, 1), V1);
    read(partition, 0, V1);
    read(partition, 1, V2);
    assertThat(partition.read(2, example(2, V1, new Served("m", 1L, 0.5f, 99L, List.of(), null))))
        .isEmpty();
    assertThat(metric(partition, "encoding_mismatches")).isZero();
    assertThat(partition.read(3, example(3, V1, new Served("m", 2L, 0.5f, 99L, List.of(), null))))
        .isEmpty();
    assertThat(metric(partition, "encoding_mismatches")).isEqualTo(1);
    partition.close();
  }

  /** Versions as they come on a topic while producers are updated one by one. */
  private List<byte[]> mixedLog() {
    List<byte[]> log = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      int newest = i < 63 ? 1 : i < 130 ? 2 : 3;
      int version = i % 4 == 1 ? Math.max(1, newest - 1) : newest;
      log.add(example(i, version == 1 ? V1 : version == 2 ? V2 : V3, null));
    }
    return log;
  }

  @ParameterizedTest
  @CsvSource({"LR,1", "FM,16", "MLP,16"})
  void restartedAnywhereItSwitchesAtTheSamePlaceBitForBit(ModelKind kind, int stepSize)
      throws Exception {
    register(V1, V2, V3);
    ModelConfig config = config(kind, stepSize);
    List<byte[]> log = mixedLog();
    PartitionLearner steady = partition(config, V1);
    for (int i = 0; i < log.size(); i++) {
      assertThat(steady.read(i, log.get(i))).isEmpty();
    }
    assertThat(steady.switchedAt()).isEqualTo(130);
    for (int killed = 5; killed < log.size(); killed += 7) {
      // by then the registry may know more
      PartitionLearner first =
          killed % 2 == 0 ? partition(config, V1, 1, false) : partition(config, V2, 2, false);
      Map<Integer, byte[]> table = new HashMap<>();
      Map<Integer, byte[]> ids = new HashMap<>();
      for (int i = 0; i < killed; i++) {
        first.read(i, log.get(i));
      }
      first.learner().table().forEachPageChangedSinceCheckpoint(table::put);
      first.learned().forEachChangedPage(ids::put);
      PartitionLearnerState state = PartitionLearnerState.fromBytes(first.state().toBytes());
      first.close();
      PartitionLearner second =
          partition(
              config, new Schema.Parser().parse(state.featureSchema()), state.schemaId(), false);
      table.forEach(second.learner().table()::restorePage);
      ids.forEach(second.learned()::restorePage);
      second.restore(state);
      for (int i = killed; i < log.size(); i++) {
        second.read(i, log.get(i));
      }
      assertThat(second.state().toBytes())
          .as("killed at %d", killed)
          .isEqualTo(steady.state().toBytes());
      assertThat(Bits.of(second.learner().table())).isEqualTo(Bits.of(steady.learner().table()));
      second.close();
    }
    steady.close();
  }

  @Test
  void versionsOfOneSchemaAreRelatedAndOthersAreNot() {
    assertThat(SchemaSwitch.related(V1.toString(), V3.toString())).isTrue();
    assertThat(SchemaSwitch.related(V3.toString(), V1.toString())).isTrue();
    assertThat(SchemaSwitch.related(V1.toString(), WRONG.toString())).isFalse();
    assertThat(SchemaSwitch.related(V1.toString(), V1.toString().replace("Shown", "Seen")))
        .isFalse();
    assertThat(SchemaSwitch.related("a", "b")).isFalse();
  }
}
