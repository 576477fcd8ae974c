package io.millrace.serving.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import io.millrace.wire.ShownValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** How a request's body is packed. */
enum BodyEncoding {
  IDENTITY,
  GZIP;

  /**
   * What a request's headers say.
   *
   * @throws RequestException with 415 if it is neither
   */
  static BodyEncoding of(RequestHeaders headers) {
    String given = String.join(", ", headers.getAll(HttpHeaderNames.CONTENT_ENCODING));
    return switch (given.strip().toLowerCase(Locale.ROOT)) {
      case "", "identity" -> IDENTITY;
      case "gzip", "x-gzip" -> GZIP;
      default ->
          throw RequestException.of(
              HttpStatus.UNSUPPORTED_MEDIA_TYPE,
              "content-encoding: %s, expected gzip or identity".formatted(ShownValue.of(given)),
              HttpHeaders.of(HttpHeaderNames.ACCEPT_ENCODING, "gzip, identity"));
    };
  }

  /**
   * The body that was packed. No more than {@code maxBytes} and a buffer are unpacked.
   *
   * @throws RequestException with 413 if it is longer than {@code maxBytes}, 400 if it is not
   *     packed so
   */
  byte[] unpack(byte[] body, int maxBytes) {
    if (this == IDENTITY) {
      return body;
    }
    byte[] unpacked;
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body), 8192)) {
      unpacked = in.readNBytes(maxBytes + 1);
    } catch (IOException e) {
      throw RequestException.of(
          HttpStatus.BAD_REQUEST,
          "the body is not gzip, expected what content-encoding says: "
              + ShownValue.of(e.getMessage()));
    }
    if (unpacked.length > maxBytes) {
      throw RequestException.of(
          HttpStatus.REQUEST_ENTITY_TOO_LARGE,
          "The body is too large when unpacked, expected at most " + maxBytes + " bytes.");
    }
    return unpacked;
  }
}
