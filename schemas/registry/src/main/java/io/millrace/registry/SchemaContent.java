package io.millrace.registry;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What an id stands for. Equal contents have one id, under whichever subjects they are registered.
 *
 * @param text the schema as Avro writes it: no blanks, attributes in Avro's order, referenced types
 *     by name
 * @param references where those types are
 */
public record SchemaContent(String text, List<SchemaReference> references) {
  public SchemaContent {
    references = List.copyOf(references);
  }

  /** SHA-256 of everything in it, in hexadecimal. */
  String fingerprint() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      add(digest, text);
      for (SchemaReference reference : references) {
        add(digest, reference.name());
        add(digest, reference.subject());
        add(digest, Integer.toString(reference.version()));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** With its length before it, so that no two sequences of parts give the same bytes. */
  private static void add(MessageDigest digest, String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    digest.update(bytes);
  }
}
