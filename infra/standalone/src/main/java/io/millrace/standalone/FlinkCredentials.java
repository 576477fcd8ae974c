package io.millrace.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.SecurityOptions;

/**
 * A key of the embedded Flink's own, so that its ports, although they are on the loopback address,
 * take nobody else in: internal ones and REST both ask for it. Made by the JDK's keytool when a
 * data directory is first used, and kept there.
 *
 * @param keystore PKCS 12, of one key and its certificate
 */
record FlinkCredentials(Path keystore, String password) {

  /** The key of a data directory. */
  static FlinkCredentials of(DataDirectory directory) {
    Path keystore = directory.secrets().resolve("flink.p12");
    String password = directory.secret("flink.password", newPassword());
    if (!Files.exists(keystore)) {
      make(keystore, password);
    }
    return new FlinkCredentials(keystore, password);
  }

  private static String newPassword() {
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private static void make(Path keystore, String password) {
    Path next = keystore.resolveSibling("flink.p12.next");
    ProcessBuilder keytool =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "flink",
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-validity",
                "36500",
                "-storetype",
                "PKCS12",
                "-storepass:env",
                "MILLRACE_FLINK_PASSWORD",
                "-keystore",
                next.toString()));
    keytool.environment().put("MILLRACE_FLINK_PASSWORD", password);
    keytool.redirectErrorStream(true);
    try {
      Files.deleteIfExists(next);
      Process process = keytool.start();
      process.getOutputStream().close();
      String output =
          new String(
              process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new UserError(
            "the JDK's keytool cannot make a key in %s: %s".formatted(next, output));
      }
      Files.move(next, keystore);
    } catch (IOException e) {
      throw new UserError("cannot make a key in %s: %s".formatted(next, e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError("interrupted while making a key in %s".formatted(next));
    }
  }

  /** Makes a cluster's ports ask for the key. */
  void applyTo(Configuration configuration) {
    String store = keystore.toString();
    configuration.set(SecurityOptions.SSL_INTERNAL_ENABLED, true);
    configuration.set(SecurityOptions.SSL_INTERNAL_KEYSTORE, store);
    configuration.set(SecurityOptions.SSL_INTERNAL_KEYSTORE_PASSWORD, password);
    configuration.set(SecurityOptions.SSL_INTERNAL_KEY_PASSWORD, password);
    configuration.set(SecurityOptions.SSL_INTERNAL_TRUSTSTORE, store);
    configuration.set(SecurityOptions.SSL_INTERNAL_TRUSTSTORE_PASSWORD, password);
    configuration.set(SecurityOptions.SSL_REST_ENABLED, true);
    configuration.set(SecurityOptions.SSL_REST_AUTHENTICATION_ENABLED, true);
    configuration.set(SecurityOptions.SSL_REST_KEYSTORE, store);
    configuration.set(SecurityOptions.SSL_REST_KEYSTORE_PASSWORD, password);
    configuration.set(SecurityOptions.SSL_REST_KEY_PASSWORD, password);
    configuration.set(SecurityOptions.SSL_REST_TRUSTSTORE, store);
    configuration.set(SecurityOptions.SSL_REST_TRUSTSTORE_PASSWORD, password);
  }
}
