package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.feature.BuiltInSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaCommandTest {
  private static final String AD = "{'name':'ad','type':'string','feature':{'kind':'categorical'}}";
  private static final String BRAND =
      "{'name':'brand','type':'string','default':'','feature':{'kind':'categorical'}}";

  @TempDir Path folder;

  private Path schema(String name, String... fields) throws IOException {
    return Files.writeString(
        folder.resolve(name),
        "{'type':'record','name':'Ad','namespace':'shop','fields':[%s]}"
            .formatted(String.join(",", fields))
            .replace('\'', '"'));
  }

  private static String price(String transform) {
    return "{'name':'price','type':'double','feature':{'kind':'numeric','transform':'%s'}}"
        .formatted(transform);
  }

  @Test
  void validateSaysWhatASchemaEncodes() throws IOException {
    Ran ran = Ran.of("schema", "validate", schema("s.avsc", AD, price("log1p")));
    assertThat(ran.status()).isZero();
    assertThat(ran.out().lines())
        .containsExactly(
            "shop.Ad is valid: 2 features, 1048576 rows of dim 16",
            "  ad categorical",
            "  price numeric",
            "note: shop.Ad names no field with the time (\"millrace\": {\"time\": …}): an event over"
                + " HTTP says it beside its features or gets the time of its arrival, and the rows"
                + " of a file keep their order; over Kafka its records need an Impression around"
                + " them",
            "note: shop.Ad names no field with the id (\"millrace\": {\"id\": …}): an event over HTTP"
                + " says it beside its features; over Kafka its records need an Impression around"
                + " them");
    Path whole = folder.resolve("whole.avsc");
    Files.writeString(whole, BuiltInSchemas.load(BuiltInSchemas.AD_WORLD).avro().toString());
    assertThat(Ran.of("schema", "validate", whole).out()).doesNotContain("note:");
  }

  @Test
  void validateNamesFileAndPlaceOfAMistake() throws IOException {
    Path file = schema("s.avsc", price("log2p"));
    Ran ran = Ran.of("schema", "validate", file);
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.out().strip())
        .isEqualTo(
            "INVALID  %s: shop.Ad.price: feature.transform: unknown 'log2p', did you mean 'log1p'?"
                .formatted(file));
    assertThat(
            Ran.of("schema", "validate", schema("n.avsc", "{'name':'n','type':'long'}")).status())
        .isEqualTo(1);
    assertThat(Ran.of("schema", "validate", Files.writeString(folder.resolve("j"), "{")).status())
        .isEqualTo(1);
  }

  @Test
  void aMissingFileIsWrongUse() {
    Ran ran = Ran.of("schema", "validate", folder.resolve("none.avsc"));
    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.err()).startsWith("millrace: cannot read schema");
  }

  @Test
  void diffListsEveryChange() throws IOException {
    Path older = schema("1.avsc", AD, price("log1p"));
    Ran ran = Ran.of("schema", "diff", older, schema("2.avsc", AD, price("sqrt"), BRAND));
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.out()).contains("INCOMPATIBLE  price  transform log1p became sqrt");
    assertThat(ran.out()).contains("compatible    brand  added:");
    assertThat(Ran.of("schema", "diff", older, older).out().strip())
        .isEqualTo("No feature has changed.");
  }

  @Test
  void checkAgainstAFileGoesByTheLevel() throws IOException {
    Path older = schema("1.avsc", AD, "{'name':'n','type':'long'}");
    Path newer = schema("2.avsc", AD);
    assertThat(Ran.of("schema", "check", newer, "--against", older).status()).isZero();
    Ran full = Ran.of("schema", "check", newer, "--against", older, "--level", "full");
    assertThat(full.status()).isEqualTo(1);
    assertThat(full.out())
        .contains("INCOMPATIBLE  the older version cannot read newer events")
        .contains("READER_FIELD_MISSING_DEFAULT_VALUE");
  }

  @Test
  void checkRefusesOptionsThatDoNotGoTogether() throws IOException {
    Path file = schema("1.avsc", AD);
    assertThat(Ran.of("schema", "check", file, "--level", "FULL").status()).isEqualTo(2);
    assertThat(
            Ran.of("schema", "check", file, "--against", file, "--registry", "http://127.0.0.1:1")
                .status())
        .isEqualTo(2);
  }

  @Test
  void aRegistryThatIsNotThereIsWrongUse() throws IOException {
    Ran ran =
        Ran.of("schema", "register", schema("1.avsc", AD), "--registry", "http://u:p@127.0.0.1:1");
    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.err()).contains("no schema registry answers at http://127.0.0.1:1");
  }
}
