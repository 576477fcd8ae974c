package io.millrace.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sends bytes to an HTTP port of this machine, be they a request or not, and reads one answer. A
 * connection is kept while the server keeps it. Not thread-safe.
 */
final class RawHttp implements AutoCloseable {
  private static final int LIMIT_MILLIS = 30_000;

  private final int port;
  private @Nullable Socket socket;
  private @Nullable InputStream in;

  /**
   * An answer.
   *
   * @param status 0 if the connection was closed without one, -1 if none came within 30 s
   * @param headers names in lower case
   */
  record Answer(int status, Map<String, String> headers, String body) {
    static final Answer CLOSED = new Answer(0, Map.of(), "");
    static final Answer NONE = new Answer(-1, Map.of(), "");
  }

  RawHttp(int port) {
    this.port = port;
  }

  /** A request with a body and its length. */
  static byte[] request(String method, String path, String headers, byte[] body) {
    byte[] head =
        "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%sContent-Length: %d\r\n\r\n"
            .formatted(method, path, headers, body.length)
            .getBytes(UTF_8);
    return join(head, body);
  }

  /** A POST of JSON. */
  static byte[] post(String path, String json) {
    return request("POST", path, "Content-Type: application/json\r\n", json.getBytes(UTF_8));
  }

  static byte[] join(byte[] first, byte[] second) {
    byte[] all = java.util.Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /**
   * Sends bytes and reads the answer.
   *
   * @param own whether they get a connection of their own, whose sending end is then closed
   */
  Answer send(byte[] bytes, boolean own) throws IOException {
    if (own) {
      close();
      Answer answer = exchange(bytes, true);
      close();
      return answer;
    }
    boolean kept = socket != null;
    Answer answer = exchange(bytes, false);
    // The server may have closed an idle connection just then.
    return answer.status() == 0 && kept ? exchange(bytes, false) : answer;
  }

  private Answer exchange(byte[] bytes, boolean last) throws IOException {
    Socket open = socket;
    InputStream from = in;
    if (open == null || from == null) {
      open = new Socket(InetAddress.getLoopbackAddress(), port);
      open.setSoTimeout(LIMIT_MILLIS);
      open.setTcpNoDelay(true);
      from = new BufferedInputStream(open.getInputStream());
      socket = open;
      in = from;
    }
    try {
      open.getOutputStream().write(bytes);
      if (last) {
        open.shutdownOutput();
      }
    } catch (IOException e) {
      // Refused before all was sent; the answer may be there.
    }
    try {
      boolean head = bytes.length > 5 && new String(bytes, 0, 5, ISO_8859_1).equals("HEAD ");
      return read(from, head);
    } catch (SocketTimeoutException e) {
      close();
      return Answer.NONE;
    } catch (IOException e) {
      close();
      return Answer.CLOSED;
    }
  }

  private Answer read(InputStream from, boolean head) throws IOException {
    String line = line(from);
    while (line != null && line.startsWith("HTTP/1.1 100")) {
      while (!"".equals(line)) {
        line = line(from);
      }
      line = line(from);
    }
    if (line == null || !line.startsWith("HTTP/1.")) {
      close();
      return Answer.CLOSED;
    }
    int status = Integer.parseInt(line.split(" ", 3)[1]);
    Map<String, String> headers = new TreeMap<>();
    for (line = line(from); line != null && !line.isEmpty(); line = line(from)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    byte[] body;
    if (head || status == 204 || status == 304) {
      body = new byte[0];
    } else if ("chunked".equals(headers.get("transfer-encoding"))) {
      body = chunks(from);
    } else if (headers.containsKey("content-length")) {
      body = from.readNBytes(Integer.parseInt(headers.get("content-length")));
    } else {
      body = from.readAllBytes();
      close();
    }
    if ("close".equalsIgnoreCase(headers.get("connection"))) {
      close();
    }
    return new Answer(status, headers, new String(body, UTF_8));
  }

  private static byte[] chunks(InputStream from) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String size = line(from);
      if (size == null) {
        throw new IOException("the answer ends within its body");
      }
      int length = Integer.parseInt(size.strip(), 16);
      body.write(from.readNBytes(length));
      line(from);
      if (length == 0) {
        return body.toByteArray();
      }
    }
  }

  /** A line without its end, or null at the end of the stream. */
  private static @Nullable String line(InputStream from) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = from.read(); c >= 0; c = from.read()) {
      if (c == '\n') {
        return line.toString();
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return null;
  }

  @Override
  public void close() {
    Socket open = socket;
    socket = null;
    in = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // It is gone either way.
      }
    }
  }
}
