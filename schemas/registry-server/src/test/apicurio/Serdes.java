import io.apicurio.registry.serde.avro.AvroKafkaDeserializer;
import io.apicurio.registry.serde.avro.AvroKafkaSerializer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * The everyday flows of Apicurio's serdes against a registry, in Confluent's wire format. Runs from
 * its source on the class path of one version of them. Arguments: URL, then
 *
 * <pre>
 *   write TOPIC SCHEMA   prints a record of Ann, 41 years old, in Base64
 *   read TOPIC BASE64... prints each record as JSON, read by global and by content id
 *   flows TOPIC SCHEMA NESTED OTHER   prints what became of each flow
 * </pre>
 */
final class Serdes {
  private final String url;

  private Serdes(String url) {
    this.url = url;
  }

  public static void main(String[] args) throws Exception {
    Serdes serdes = new Serdes(args[0]);
    List<String> printed =
        switch (args[1]) {
          case "write" -> List.of(serdes.base64(args[2], args[3], Map.of()));
          case "read" -> serdes.read(args[2], List.of(args).subList(3, args.length));
          case "flows" -> serdes.flows(args[2], args[3], args[4], args[5]);
          default -> throw new IllegalArgumentException(args[1] + ", expected write, read or flows");
        };
    printed.forEach(System.out::println);
    System.out.flush();
    System.exit(0);
  }

  private Map<String, Object> config(Map<String, String> more) {
    Map<String, Object> config = new HashMap<>();
    config.put("apicurio.registry.url", url);
    config.put("apicurio.registry.as-confluent", "true");
    config.put("apicurio.registry.auto-register", "true");
    config.putAll(more);
    return config;
  }

  private byte[] write(String topic, String schema, Map<String, String> more) {
    try (AvroKafkaSerializer<GenericRecord> serializer = new AvroKafkaSerializer<>()) {
      serializer.configure(config(more), false);
      return serializer.serialize(topic, record(new Schema.Parser().parse(schema)));
    }
  }

  private String base64(String topic, String schema, Map<String, String> more) {
    return Base64.getEncoder().encodeToString(write(topic, schema, more));
  }

  private static GenericRecord record(Schema schema) {
    GenericRecord record = new GenericData.Record(schema);
    for (Schema.Field field : schema.getFields()) {
      record.put(
          field.name(),
          switch (field.schema().getType()) {
            case RECORD -> record(field.schema());
            case INT -> 41;
            default -> "Ann";
          });
    }
    return record;
  }

  private String read(String topic, byte[] value, String useId) {
    try (AvroKafkaDeserializer<GenericRecord> deserializer = new AvroKafkaDeserializer<>()) {
      deserializer.configure(config(Map.of("apicurio.registry.use-id", useId)), false);
      return String.valueOf(deserializer.deserialize(topic, value));
    }
  }

  private List<String> read(String topic, List<String> values) {
    List<String> read = new ArrayList<>();
    for (String value : values) {
      byte[] bytes = Base64.getDecoder().decode(value);
      read.add(read(topic, bytes, "globalId"));
      read.add(read(topic, bytes, "contentId"));
    }
    return read;
  }

  private List<String> flows(String topic, String schema, String nested, String other) {
    String register = "apicurio.registry.auto-register";
    String strategy = "apicurio.registry.artifact-resolver-strategy";
    List<String> became = new ArrayList<>();
    became.add(flow("registered", topic, schema, Map.of()));
    became.add(flow("registered again", topic, schema, Map.of()));
    became.add(flow("by content", topic, schema, Map.of(register, "false")));
    became.add(
        flow(
            "newest",
            topic,
            schema,
            Map.of(register, "false", "apicurio.registry.find-latest", "true")));
    became.add(
        flow(
            "by version",
            topic,
            schema,
            Map.of(register, "false", "apicurio.registry.artifact.version", "1")));
    became.add(
        flow(
            "in a group",
            topic,
            schema,
            Map.of(strategy, "io.apicurio.registry.serde.avro.strategy.RecordIdStrategy")));
    became.add(flow("nested", topic + "-nested", nested, Map.of()));
    became.add(flow("nested by content", topic + "-nested", nested, Map.of(register, "false")));
    became.add(
        flow(
            "must be new",
            topic,
            schema,
            Map.of("apicurio.registry.auto-register.if-exists", "FAIL")));
    became.add(flow("unknown", topic + "-unknown", schema, Map.of(register, "false")));
    became.add(flow("incompatible", topic, other, Map.of()));
    return became;
  }

  /** Writes a record and reads it, or says which kind of failure that was. */
  private String flow(String name, String topic, String schema, Map<String, String> more) {
    try {
      byte[] value = write(topic, schema, more);
      return name + ": " + read(topic, value, "contentId");
    } catch (RuntimeException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return name + ": " + cause.getClass().getSimpleName();
    }
  }
}
