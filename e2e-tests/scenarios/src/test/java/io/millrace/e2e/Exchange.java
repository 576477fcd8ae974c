package io.millrace.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a server on this machine that is kept alive, and costs its client little: bytes
 * out, status and body in. Used by one thread.
 */
final class Exchange implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 15_000;

  private final int port;
  private final byte[] buffer = new byte[1 << 20];
  private @Nullable Socket socket;

  Exchange(int port) {
    this.port = port;
  }

  /** A status and a body. */
  record Reply(int status, String body) {}

  static byte[] get(String path) {
    return "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
        .formatted(path)
        .getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] post(String path, byte[] body, String headers) {
    byte[] head =
        ("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "%sContent-Length: %d\r\n\r\n")
            .formatted(path, headers, body.length)
            .getBytes(StandardCharsets.US_ASCII);
    byte[] whole = new byte[head.length + body.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(body, 0, whole, head.length, body.length);
    return whole;
  }

  /**
   * Sends a request and reads its answer; the next one connects anew if this one fails.
   *
   * @throws IOException if there is none within fifteen seconds
   */
  Reply send(byte[] request) throws IOException {
    try {
      Socket open = socket;
      if (open == null) {
        open = new Socket(InetAddress.getLoopbackAddress(), port);
        open.setSoTimeout(TIMEOUT_MILLIS);
        open.setTcpNoDelay(true);
        socket = open;
      }
      open.getOutputStream().write(request);
      return read(open.getInputStream());
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private Reply read(InputStream in) throws IOException {
    int length = 0;
    int head = -1;
    int whole = Integer.MAX_VALUE;
    while (length < whole) {
      int read = in.read(buffer, length, buffer.length - length);
      if (read < 0) {
        throw new IOException("the connection ended after %d bytes of an answer".formatted(length));
      }
      length += read;
      if (head < 0) {
        head = endOfHead(length);
        if (head >= 0) {
          whole = head + contentLength(head);
        }
      }
    }
    int status =
        Integer.parseInt(new String(buffer, "HTTP/1.1 ".length(), 3, StandardCharsets.US_ASCII));
    return new Reply(status, new String(buffer, head, whole - head, StandardCharsets.UTF_8));
  }

  private int endOfHead(int length) {
    for (int i = 3; i < length; i++) {
      if (buffer[i] == '\n' && buffer[i - 1] == '\r' && buffer[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  private int contentLength(int head) throws IOException {
    String text = new String(buffer, 0, head, StandardCharsets.US_ASCII);
    String field = "content-length: ";
    int at = text.indexOf(field);
    if (at < 0) {
      throw new IOException("an answer without content-length: " + text);
    }
    return Integer.parseInt(text.substring(at + field.length(), text.indexOf('\r', at)));
  }

  @Override
  public void close() {
    Socket open = socket;
    socket = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // it is gone
      }
    }
  }
}
