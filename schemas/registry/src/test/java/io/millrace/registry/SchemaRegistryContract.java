package io.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.SchemaRegistry;
import io.millrace.schema.SchemaRegistry.RegisteredSchema;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every registry does. */
abstract class SchemaRegistryContract {
  static final Schema PLAIN = schema("shop.Ad", "price");
  static final Schema WIDER =
      SchemaBuilder.record("shop.Ad").fields().requiredLong("price").optionalLong("x").endRecord();

  SchemaRegistry registry;

  /** An empty registry. */
  abstract SchemaRegistry open();

  @BeforeEach
  void openRegistry() {
    registry = open();
  }

  @AfterEach
  void closeRegistry() {
    registry.close();
  }

  static Schema schema(String name, String field) {
    return SchemaBuilder.record(name).fields().requiredLong(field).endRecord();
  }

  @Test
  void idsCountOverAllSubjectsAndVersionsWithinOne() {
    assertThat(registry.register("shop.Ad", PLAIN))
        .isEqualTo(new RegisteredSchema(1, "shop.Ad", 1, PLAIN));
    assertThat(registry.register("shop.User", schema("shop.User", "age")).id()).isEqualTo(2);
    assertThat(registry.register("shop.Ad", WIDER))
        .isEqualTo(new RegisteredSchema(3, "shop.Ad", 2, WIDER));
  }

  @Test
  void anEqualSchemaIsFoundAgain() {
    RegisteredSchema first = registry.register("shop.Ad", PLAIN);
    registry.register("shop.Ad", WIDER);
    assertThat(registry.register("shop.Ad", new Schema.Parser().parse(PLAIN.toString())))
        .isEqualTo(first);
  }

  @Test
  void propertiesMakeADifference() {
    Schema annotated = new Schema.Parser().parse(PLAIN.toString());
    annotated.getField("price").addProp("feature", java.util.Map.of("kind", "numeric"));
    registry.register("shop.Ad", PLAIN);
    assertThat(registry.register("shop.Ad", annotated).version()).isEqualTo(2);
    assertThat(registry.byId(2).orElseThrow().schema().getField("price").getObjectProp("feature"))
        .isEqualTo(java.util.Map.of("kind", "numeric"));
  }

  @Test
  void theSameSchemaUnderTwoSubjectsHasOneId() {
    registry.register("other", WIDER);
    assertThat(registry.register("a", PLAIN)).isEqualTo(new RegisteredSchema(2, "a", 1, PLAIN));
    assertThat(registry.register("b", PLAIN)).isEqualTo(new RegisteredSchema(2, "b", 1, PLAIN));
  }

  @Test
  void findsByIdAndLatest() {
    registry.register("shop.Ad", PLAIN);
    registry.register("shop.Ad", WIDER);
    assertThat(registry.byId(1).orElseThrow().schema()).isEqualTo(PLAIN);
    assertThat(registry.latest("shop.Ad").orElseThrow().schema()).isEqualTo(WIDER);
    assertThat(registry.byId(3)).isEmpty();
    assertThat(registry.byId(0)).isEmpty();
    assertThat(registry.byId(-1)).isEmpty();
    assertThat(registry.latest("shop.Nothing")).isEmpty();
  }

  @Test
  void listsSubjectsSorted() {
    assertThat(registry.subjects()).isEmpty();
    for (String subject : List.of("b", "c", "a", "b")) {
      registry.register(subject, PLAIN);
    }
    assertThat(registry.subjects()).containsExactly("a", "b", "c");
  }

  @Test
  void threadsThatRegisterTheSameGetTheSame() throws Exception {
    ConcurrentLinkedQueue<Integer> ids = new ConcurrentLinkedQueue<>();
    List<Thread> threads =
        IntStream.range(0, 6)
            .mapToObj(i -> new Thread(() -> ids.add(registry.register("s", PLAIN).id())))
            .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(ids).hasSize(6).containsOnly(1);
  }

  @Test
  void closesTwice() {
    registry.close();
    registry.close();
  }
}
