package io.millrace.registry.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Requests that are no HTTP, or end before they should. */
final class BrokenConnection {
  private static final int PATIENCE_MILLIS = 10_000;

  private BrokenConnection() {}

  enum Kind {
    ENDS_IN_HEADERS("Content-Len", false),
    ENDS_IN_BODY("Content-Length: 100000\r\n\r\n", false),
    BAD_LENGTH("Content-Length: many\r\n\r\n", true),
    BAD_CHUNK("Transfer-Encoding: chunked\r\n\r\nno number\r\n", true);

    private final String headers;
    private final boolean answered;

    Kind(String headers, boolean answered) {
      this.headers = headers;
      this.answered = answered;
    }

    /** Sends a request and gives what the server had to say until it hung up; maybe nothing. */
    String send(int port, String path, byte[] body) throws IOException {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(PATIENCE_MILLIS);
        OutputStream out = socket.getOutputStream();
        String start =
            "POST " + path + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\n" + headers;
        out.write(start.getBytes(StandardCharsets.ISO_8859_1));
        out.write(Arrays.copyOf(body, body.length / 2));
        out.flush();
        return answered
            ? new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
            : "";
      } catch (SocketException e) {
        return ""; // it hung up while we spoke
      }
    }
  }
}
