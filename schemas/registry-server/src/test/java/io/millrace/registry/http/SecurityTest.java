package io.millrace.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.access.Users;
import io.millrace.registry.RegistryService;
import io.millrace.schema.SchemaRules;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurityTest {
  @TempDir private Path folder;

  private static RegistryServerConfig config(
      Optional<Users> users, Optional<RegistryServerConfig.Tls> tls) {
    return new RegistryServerConfig("127.0.0.1", 0, 10_000, Duration.ofSeconds(10), users, tls, "");
  }

  private Users users(String... lines) throws IOException {
    return Users.read(Files.write(folder.resolve("users"), List.of(lines)));
  }

  @Test
  void eachRoleMayDoWhatItMay() throws IOException {
    Users users =
        users(
            "# three of them",
            "",
            Users.line("ann", "admin", "a:1"),
            Users.line("rob", "register", "r2"),
            Users.line("eva", "read", "ä3"));
    try (RegistryService registry = RegistryService.inMemory(SchemaRules.NONE);
        RegistryServer server =
            RegistryServer.start(config(Optional.of(users), Optional.empty()), registry)) {
      Http nobody = new Http(server.port());
      Http ann = nobody.as("ann", "a:1");
      Http rob = nobody.as("rob", "r2");
      Http eva = nobody.as("eva", "ä3");
      assertThat(nobody.get("/").status()).isEqualTo(200);
      assertThat(nobody.get("/openapi.json").status()).isEqualTo(200);
      assertThat(nobody.get("/metrics").status()).isEqualTo(401);
      assertThat(eva.get("/metrics").status()).isEqualTo(200);
      assertThat(nobody.get("/subjects").status()).isEqualTo(401);
      assertThat(nobody.get("/subjects").headers().firstValue("www-authenticate"))
          .hasValueSatisfying(value -> assertThat(value).startsWith("Basic "));
      assertThat(nobody.as("ann", "a:2").get("/subjects").status()).isEqualTo(401);
      assertThat(nobody.as("bob", "").get("/subjects").status()).isEqualTo(401);
      assertThat(nobody.register("s", "\"int\"").status()).isEqualTo(401);
      assertThat(eva.register("s", "\"int\"").status()).isEqualTo(403);
      assertThat(rob.register("s", "\"int\"").status()).isEqualTo(200);
      for (int again = 0; again < 2; again++) {
        assertThat(eva.get("/schemas/ids/1").status()).isEqualTo(200);
        assertThat(nobody.get("/schemas/ids/1").status()).isEqualTo(401);
        assertThat(nobody.as("eva", "ä4").get("/schemas/ids/1").status()).isEqualTo(401);
      }
      assertThat(eva.post("/subjects/s", Http.schemaBody("\"int\"")).status()).isEqualTo(200);
      assertThat(rob.delete("/subjects/s").status()).isEqualTo(403);
      assertThat(rob.put("/config", "{\"compatibility\":\"NONE\"}").status()).isEqualTo(403);
      assertThat(rob.put("/mode", "{\"mode\":\"READONLY\"}").status()).isEqualTo(403);
      assertThat(ann.put("/config", "{\"compatibility\":\"NONE\"}").status()).isEqualTo(200);
      assertThat(ann.delete("/subjects/s").status()).isEqualTo(200);
    }
  }

  @Test
  void theUsersFileHoldsNoPasswords() throws IOException {
    String line = Users.line("ann", "admin", "secret");
    assertThat(line).matches("ann:admin:pbkdf2-sha256\\$210000\\$[\\w+/]{22}\\$[\\w+/]{43}");
    assertThat(Users.line("ann", "admin", "secret")).isNotEqualTo(line);
    assertThatThrownBy(() -> users("ann:admin:secret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line 1: no password hash")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> users(line, line)).hasMessageContaining("line 2: user ann");
    assertThatThrownBy(() -> users(line.replace("admin", "root")))
        .hasMessageContaining("role 'root', expected read, write or admin");
    assertThatThrownBy(() -> users("#")).hasMessageContaining("no users");
    assertThatThrownBy(() -> Users.line("a:b", "read", "x")).hasMessageContaining("'a:b'");
  }

  @Test
  void servesOverTls() throws Exception {
    Path store = folder.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "k",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit")
            .redirectErrorStream(true)
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS) && keytool.exitValue() == 0).isTrue();
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    RegistryServerConfig.Tls tls =
        new RegistryServerConfig.Tls(
            pem("certificate.pem", "CERTIFICATE", keys.getCertificate("k").getEncoded()),
            pem("key.pem", "PRIVATE KEY", keys.getKey("k", "changeit".toCharArray()).getEncoded()));
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("k", keys.getCertificate("k"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext ssl = SSLContext.getInstance("TLS");
    ssl.init(null, trust.getTrustManagers(), null);
    try (RegistryService registry = RegistryService.inMemory(SchemaRules.NONE);
        RegistryServer server =
            RegistryServer.start(config(Optional.empty(), Optional.of(tls)), registry)) {
      Http https =
          new Http(
              "https://127.0.0.1:" + server.port(),
              HttpClient.newBuilder().sslContext(ssl).build(),
              null);
      assertThat(https.register("s", "\"int\"").body()).isEqualTo("{\"id\":1}");
      assertThatThrownBy(() -> new Http(server.port()).get("/subjects"))
          .hasMessageContaining("no answer");
    }
  }

  private java.io.File pem(String name, String type, byte[] content) throws IOException {
    String base64 = java.util.Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return Files.writeString(
            folder.resolve(name),
            "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(type, base64, type))
        .toFile();
  }

  @Test
  void bodiesThatAreTooLargeAreRefused() {
    try (RegistryService registry = RegistryService.inMemory(SchemaRules.NONE);
        RegistryServer server =
            RegistryServer.start(config(Optional.empty(), Optional.empty()), registry)) {
      Http http = new Http(server.port());
      assertThat(http.register("s", "\"" + "x".repeat(10_000) + "\"").json().path("error_code"))
          .hasToString("413");
      assertThat(http.get("/subjects").status()).isEqualTo(200);
    }
  }
}
