package io.millrace.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * An HTTP API that speaks JSON: asks, and tells in one sentence what went wrong. What the API says
 * of an error stands in that sentence. Safe for use by many threads.
 */
public final class JsonApi {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int OK = 200;
  private static final int SHOWN_CHARACTERS = 300;

  private final URI address;
  private final ApiDescription description;
  private final Function<String, ? extends RuntimeException> failure;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /**
   * @param address with {@code user:password@} where the API asks for basic authentication
   * @param failure makes an exception of the sentence that says what went wrong
   */
  public JsonApi(
      URI address,
      ApiDescription description,
      Function<String, ? extends RuntimeException> failure) {
    this.address = address;
    this.description = description;
    this.failure = failure;
    String scheme = address.getScheme();
    if (address.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
      throw failure.apply(
          "'%s' is no address of a %s, expected one such as http://127.0.0.1:8080"
              .formatted(shown(), description.name()));
    }
  }

  /** What the API answered. */
  public final class Answer {
    private final int status;
    private final String text;

    private Answer(HttpResponse<String> response) {
      this.status = response.statusCode();
      this.text = response.body();
    }

    /** The status, such as 404. */
    public int status() {
      return status;
    }

    /** The body as it came. */
    public String text() {
      return text;
    }

    /** The body, whatever the status; fails if it is no JSON. */
    public JsonNode json() {
      try {
        JsonNode body = JSON.readTree(text);
        if (!body.isMissingNode()) {
          return body;
        }
      } catch (JsonProcessingException e) {
        // told below, as nothing at all is
      }
      throw failure.apply(
          "%s answered %d with '%s', expected JSON".formatted(who(), status, cut(text)));
    }

    /** This answer; fails with the API's own words if its status is not 200. */
    public Answer expectOk() {
      if (status != OK) {
        throw failure.apply("%s answered %d: %s".formatted(who(), status, error()));
      }
      return this;
    }

    /** What the API says of an error: Millrace's servers and Confluent's registries put it so. */
    public String error() {
      try {
        JsonNode body = JSON.readTree(text);
        JsonNode ours = body.at("/error/message");
        JsonNode message = ours.isTextual() ? ours : body.path("message");
        return message.isTextual() ? message.asText() : cut(text);
      } catch (JsonProcessingException e) {
        return cut(text);
      }
    }

    /**
     * A 200's body as a value; fails if it is another status or the body cannot be read so.
     *
     * @param expected what the body is expected to be, for the sentence
     */
    public <T> T as(String expected, Function<JsonNode, T> reading) {
      JsonNode body = expectOk().json();
      try {
        return reading.apply(body);
      } catch (RuntimeException e) {
        throw failure.apply(
            "%s answered what cannot be read: %s, expected %s"
                .formatted(who(), e.getMessage(), expected));
      }
    }
  }

  /** Asks, and waits for the answer. */
  public Answer get(String path) throws InterruptedException {
    return send(request(path).GET().build());
  }

  /** Sends a JSON body, and waits for the answer. */
  public Answer post(String path, String json) throws InterruptedException {
    return send(posted(path, json));
  }

  /** Asks; the future completes with the failure that {@link #get} would throw. */
  public CompletableFuture<Answer> getLater(String path) {
    return sendLater(request(path).GET().build());
  }

  /** Sends a JSON body; the future completes with the failure that {@link #post} would throw. */
  public CompletableFuture<Answer> postLater(String path, String json) {
    return sendLater(posted(path, json));
  }

  private Answer send(HttpRequest request) throws InterruptedException {
    try {
      return new Answer(http.send(request, BodyHandlers.ofString()));
    } catch (IOException e) {
      throw failure.apply(nobody(e));
    }
  }

  private CompletableFuture<Answer> sendLater(HttpRequest request) {
    return http.sendAsync(request, BodyHandlers.ofString())
        .handle(
            (response, problem) -> {
              if (problem == null) {
                return new Answer(response);
              }
              Throwable cause =
                  problem instanceof CompletionException && problem.getCause() != null
                      ? problem.getCause()
                      : problem;
              throw failure.apply(nobody(cause));
            });
  }

  private HttpRequest posted(String path, String json) {
    return request(path)
        .header("content-type", description.mediaType())
        .POST(BodyPublishers.ofString(json))
        .build();
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(shown().replaceFirst("/+$", "") + path))
            .timeout(description.timeout())
            .header("accept", description.mediaType());
    String user = address.getUserInfo();
    if (user != null) {
      byte[] credentials = user.getBytes(StandardCharsets.UTF_8);
      request.header("authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
    }
    return request;
  }

  private String nobody(Throwable cause) {
    return cause instanceof HttpTimeoutException && !(cause instanceof HttpConnectTimeoutException)
        ? "%s has not answered within %d s".formatted(who(), description.timeout().toSeconds())
        : "no %s answers at %s, %s"
            .formatted(description.name(), shown(), description.expectation());
  }

  private String who() {
    return "the %s at %s".formatted(description.name(), shown());
  }

  /** The address without a password. */
  private String shown() {
    return address.toString().replaceFirst("://[^/@]*@", "://");
  }

  private static String cut(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= SHOWN_CHARACTERS ? line : line.substring(0, SHOWN_CHARACTERS) + "…";
  }
}
