package io.millrace.file;

import static io.millrace.file.FilesByHand.plan;
import static io.millrace.file.FilesByHand.records;
import static io.millrace.file.FilesByHand.rejected;
import static io.millrace.file.FilesByHand.rows;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JSON lines. */
class JsonRowsTest {
  @TempDir Path folder;

  @Test
  void keysAreColumnsAndListsAreCells() {
    FilePlan plan =
        plan(
            folder,
            """
            {"user":"u1","n":3.0,"ok":true,"tags":["a","b"],"geo":{"city":"Köln"},"clicked":1}

            {"user":"u2","n":null,"ok":false,"tags":[],"clicked":0,"late":5}
            """);
    assertThat(plan.names())
        .containsExactly("user", "n", "ok", "tags", "geo.city", "clicked", "late");
    assertThat(rows(plan))
        .containsExactly("u1|3.0|true|a\u001fb|Köln|1|null", "u2|null|false||null|0|5");
    assertThat(records(plan, SchemaDraft.schema(plan), new Rejections()).get(0).toString())
        .contains(
            "\"n\": 3,", "\"ok\": true", "\"tags\": [\"a\", \"b\"]", "\"geo_city\": \"Köln\"");
  }

  @Test
  void linesThatAreNoObjectsAreRejected() {
    FilePlan plan =
        plan(
            folder,
            "{\"a\":1,\"clicked\":1}\n{\"a\":\n[1]\n{\"a\":2,\"clicked\":0} x\n{\"a\":1,\"a\":2}\n");
    assertThat(rejected(plan).get(0)).isEqualTo("4 rows rejected: syntax");
    assertThat(rejected(plan).get(1)).startsWith("  line 2: no JSON at letter");
    assertThat(rows(plan)).containsExactly("1|1");
  }
}
