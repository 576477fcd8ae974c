package io.millrace.learner;

import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureEncoder;
import io.millrace.feature.FeatureSchema;
import io.millrace.model.Sigmoid;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Examples of two values and a price between 0 and 2 units, on which the click rate depends. */
final class NumericStream {
  private static final String JSON =
      """
      {"type":"record","name":"Shown","namespace":"test","millrace":{"table":{"rows":65536,"dim":8}},
       "fields":[
        {"name":"user","type":"string","feature":{"kind":"categorical"}},
        {"name":"ad","type":"string","feature":{"kind":"categorical"}},
        {"name":"price","type":["null","double"],"feature":{"kind":"numeric"PROPERTIES}}]}
      """;

  final FeatureSchema schema;
  final EncodedBatch batch;
  byte[] labels = {0};
  private final FeatureEncoder encoder;
  private final SplittableRandom random = new SplittableRandom(3);
  private final double unit;

  /**
   * @param properties of the price, in JSON behind a comma, or nothing
   * @param unit of the price
   */
  NumericStream(String properties, double unit) {
    this.schema =
        FeatureSchema.parse(new Schema.Parser().parse(JSON.replace("PROPERTIES", properties)));
    this.encoder = FeatureEncoder.compile(schema);
    this.batch = encoder.newBatch();
    this.unit = unit;
  }

  /** The next step. */
  void next(int size) {
    batch.clear();
    labels = new byte[size];
    for (int b = 0; b < size; b++) {
      double price = 2 * random.nextDouble();
      add(b, price, price * unit);
    }
  }

  /** The next step, of one example whose price is given, in place of the one it had. */
  void next(@Nullable Double given) {
    batch.clear();
    labels = new byte[1];
    add(0, 2 * random.nextDouble(), given);
  }

  private void add(int b, double price, @Nullable Double given) {
    labels[b] = (byte) (random.nextDouble() < Sigmoid.of(-3 + 2 * price) ? 1 : 0);
    append(batch, "u" + random.nextInt(500), "a" + random.nextInt(100), given);
  }

  /** Adds an example to a batch. */
  void append(EncodedBatch to, String user, String ad, @Nullable Double price) {
    GenericRecord record = new GenericData.Record(schema.avro());
    record.put("user", user);
    record.put("ad", ad);
    record.put("price", price);
    encoder.encode(record, to);
  }
}
