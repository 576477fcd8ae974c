package io.millrace.serving.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/** A connection to a server under test, for bytes that no client would send. */
final class RawHttp implements AutoCloseable {
  private final Socket socket;

  RawHttp(MillraceServer server) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(10_000);
  }

  RawHttp send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  /** A POST's headers, and the beginning of its body. */
  RawHttp post(String path, String headers, String body) throws IOException {
    return send("POST " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body);
  }

  /** The next answer's headers and what has come of its body; empty if the connection ended. */
  String answer() throws IOException {
    byte[] buffer = new byte[65_536];
    int length = 0;
    InputStream in = socket.getInputStream();
    while (true) {
      String text = new String(buffer, 0, length, ISO_8859_1);
      int headers = text.indexOf("\r\n\r\n");
      if (headers >= 0) {
        String field = "content-length: ";
        int at = text.indexOf(field) + field.length();
        int body = Integer.parseInt(text.substring(at, text.indexOf('\r', at)));
        if (length >= headers + 4 + body) {
          return text;
        }
      }
      int read = in.read(buffer, length, buffer.length - length);
      if (read < 0) {
        return text;
      }
      length += read;
    }
  }

  /** Whether the server ends the connection, within ten seconds. */
  boolean ends() throws IOException {
    try {
      while (socket.getInputStream().read() >= 0) {
        // further bytes of an answer
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
