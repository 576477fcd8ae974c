package io.millrace.feature;

import static io.millrace.feature.FeatureSchemaTest.field;
import static io.millrace.feature.FeatureSchemaTest.record;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;

class FeatureEvolutionTest {
  private static final String AD = field("ad", "'string'", "{'kind':'categorical'}");

  @Test
  void aVersionThatOnlyAppendsIsTheSchemaItself() {
    Schema older = record("{'table':{'dim':8}}", AD);
    Schema newer =
        record(
            "{'table':{'dim':8},'retired':['old'],'crosses':[{'name':'c','fields':['ad','x']}]}",
            AD,
            "{'name':'x','type':'long','default':0,'feature':{'kind':'categorical'}}",
            "{'name':'note','type':'string','default':''}");
    FeatureSchema evolved =
        FeatureEvolution.evolve(FeatureSchema.parse(older), FeatureSchema.parse(newer), true);
    assertThat(evolved.avro().toString()).isEqualTo(newer.toString());
  }

  /** A model that takes no new fields has no position to be asked at. */
  @Test
  void thePositionIsThatOfAFieldTheModelHas() {
    FeatureSchema older = FeatureSchema.parse(record("{}", AD));
    FeatureSchema newer =
        FeatureSchema.parse(
            record(
                "{'position':'slot'}",
                AD,
                "{'name':'slot','type':'int','default':1,'feature':{'kind':'categorical'}}"));
    assertThat(FeatureEvolution.evolve(older, newer, false).positionField()).isEmpty();
    assertThat(FeatureEvolution.evolve(older, newer, true).positionField()).contains("slot");
  }

  @Test
  void whatIsRemovedStaysAtItsPlaceAndNewFieldsComeLast() {
    FeatureSchema older =
        FeatureSchema.parse(
            record(
                "{'crosses':[{'name':'c','fields':['ad','gone']}]}",
                "{'name':'gone','type':'string','default':'','feature':{'kind':'categorical'}}",
                AD,
                field("plain", "'long'", "{'kind':'numeric'}"),
                field(
                    "seen",
                    "{'type':'array','items':'string'},'default':[]",
                    "{'kind':'sequence','shares':'ad'}")));
    FeatureSchema newer =
        FeatureSchema.parse(
            record(
                "{'retired':['gone','c','plain']}",
                "{'name':'x','type':'long','default':0,'feature':{'kind':'categorical'}}",
                "{'name':'plain','type':'long'}",
                "{'name':'item','aliases':['ad'],'type':'string','feature':{'kind':'categorical'}}"));
    assertThat(FeatureCompatibility.compare(older, newer)).allMatch(FeatureChange::compatible);
    FeatureSchema evolved = FeatureEvolution.evolve(older, newer, true);
    assertThat(evolved.encodedFields())
        .extracting(Feature::name)
        .containsExactly("gone", "item", "plain", "seen", "x", "c");
    assertThat(((Feature.Cross) evolved.encodedFields().get(5)).fields())
        .containsExactly("item", "gone");
    assertThat(FeatureEvolution.positions(older, evolved)).containsExactly(0, 1, 2, 3, 5);
    assertThat(evolved.retired()).isEmpty();
  }

  /**
   * Whatever is called compatible leaves the older features' tokens and weights as they were, for
   * events of both versions.
   */
  @Test
  void compatibleMeansThatOldFeaturesEncodeAsBefore() throws IOException {
    int compatible = 0;
    int evolvedTwice = 0;
    for (int seed = 0; seed < 6000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      FeatureSchema older = random(random);
      FeatureSchema newer = random(random);
      if (!compatible(older, newer)) {
        continue;
      }
      compatible++;
      FeatureSchema evolved = FeatureEvolution.evolve(older, newer, true);
      check(seed, random, older, newer, evolved);
      FeatureSchema newest = random(random);
      if (compatible(newer, newest) && compatible(evolved, newest)) {
        evolvedTwice++;
        check(seed, random, evolved, newest, FeatureEvolution.evolve(evolved, newest, true));
      }
    }
    assertThat(compatible).isGreaterThan(300);
    assertThat(evolvedTwice).isGreaterThan(20);
  }

  private static boolean compatible(FeatureSchema older, FeatureSchema newer) {
    return FeatureCompatibility.allCompatible(FeatureCompatibility.compare(older, newer))
        && reads(newer.avro(), older.avro());
  }

  private static void check(
      int seed,
      SplittableRandom random,
      FeatureSchema older,
      FeatureSchema newer,
      FeatureSchema evolved)
      throws IOException {
    assertThat(reads(evolved.avro(), older.avro())).as("seed %d", seed).isTrue();
    assertThat(reads(evolved.avro(), newer.avro())).as("seed %d", seed).isTrue();
    int[] positions = FeatureEvolution.positions(older, evolved);
    GenericRecord old = value(random, older.avro());
    EncodedBatch before = encode(older, old);
    EncodedBatch after = encode(evolved, resolve(old, evolved.avro()));
    for (int f = 0; f < positions.length; f++) {
      assertSame(seed, before, f, after, positions[f]);
    }
    int[] ofNewer = FeatureEvolution.positions(newer, evolved);
    GenericRecord young = value(random, newer.avro());
    before = encode(newer, young);
    after = encode(evolved, resolve(young, evolved.avro()));
    for (int f = 0; f < ofNewer.length; f++) {
      assertSame(seed, before, f, after, ofNewer[f]);
    }
  }

  private static void assertSame(int seed, EncodedBatch before, int f, EncodedBatch after, int at) {
    List<String> expected = tokens(before, f);
    assertThat(tokens(after, at)).as("seed %d, feature %d at %d", seed, f, at).isEqualTo(expected);
  }

  private static List<String> tokens(EncodedBatch batch, int field) {
    List<String> tokens = new ArrayList<>();
    for (int i = batch.start(0, field); i < batch.end(0, field); i++) {
      tokens.add(batch.token(i) + "*" + batch.weight(i));
    }
    return tokens;
  }

  private static EncodedBatch encode(FeatureSchema schema, GenericRecord record) {
    FeatureEncoder encoder = FeatureEncoder.compile(schema);
    EncodedBatch batch = encoder.newBatch();
    encoder.encode(record, batch);
    return batch;
  }

  private static GenericRecord resolve(GenericRecord record, Schema reader) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
    encoder.flush();
    return new GenericDatumReader<GenericRecord>(record.getSchema(), reader)
        .read(null, DecoderFactory.get().binaryDecoder(out.toByteArray(), null));
  }

  private static boolean reads(Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType()
        == SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE;
  }

  /** A schema of some of five fields in any order, mostly with usual settings. */
  private static FeatureSchema random(SplittableRandom random) {
    List<String> fields = new ArrayList<>(List.of(AD));
    List<String> retired = new ArrayList<>();
    for (String name : List.of("p", "q", "r", "s")) {
      if (random.nextInt(4) == 0) {
        if (random.nextInt(5) > 0) {
          retired.add("'" + name + "'");
        }
        continue;
      }
      boolean unusual = random.nextInt(12) == 0;
      boolean renamed = random.nextInt(6) == 0;
      String kind =
          switch (name) {
            case "p" ->
                "'type':'%s','default':0,'feature':{'kind':'numeric','transform':'%s'}"
                    .formatted(random.nextBoolean() ? "int" : "double", unusual ? "sqrt" : "log1p");
            case "q" ->
                "'type':'long','default':7,'feature':{'kind':'categorical','transform':'%s'}"
                    .formatted(unusual ? "log_square" : "none");
            case "r" ->
                "'type':{'type':'array','items':'string'},'default':[],"
                    + "'feature':{'kind':'sequence'%s}".formatted(unusual ? ",'max':2" : "");
            default ->
                "'type':'string'%s,'feature':{'kind':'categorical'}"
                    .formatted(unusual ? "" : ",'default':'none'");
          };
      fields.add(
          random.nextInt(fields.size() + 1),
          renamed
              ? "{'name':'%s2','aliases':['%s'],%s}".formatted(name, name, kind)
              : "{'name':'%s',%s}".formatted(name, kind));
    }
    String crosses =
        random.nextInt(3) == 0
                || retired.contains("'q'")
                || fields.stream().anyMatch(f -> f.contains("q2"))
            ? ""
            : "'crosses':[{'name':'c','fields':['ad','q']}]";
    String record =
        retired.isEmpty() ? crosses : "'retired':[%s]".formatted(String.join(",", retired));
    try {
      return FeatureSchema.parse(record("{" + record + "}", fields.toArray(String[]::new)));
    } catch (InvalidFeatureSchemaException e) {
      return FeatureSchema.parse(record("{}", fields.toArray(String[]::new)));
    }
  }

  private static GenericRecord value(SplittableRandom random, Schema schema) {
    GenericData.Record record = new GenericData.Record(schema);
    for (Schema.Field field : schema.getFields()) {
      record.put(
          field.pos(),
          switch (field.schema().getType()) {
            case INT -> random.nextInt(100);
            case LONG -> random.nextLong(100);
            case DOUBLE -> (double) random.nextInt(100);
            case ARRAY ->
                new GenericData.Array<Object>(
                    field.schema(), List.of(new Utf8("a"), new Utf8("b"), new Utf8("c")));
            default -> new Utf8("v" + random.nextInt(9));
          });
    }
    return record;
  }
}
