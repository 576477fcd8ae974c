package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.learner.ModelKind;
import io.millrace.ranking.Deadline;
import io.millrace.ranking.ImpressionBuffer;
import io.millrace.ranking.ServedFixture;
import io.millrace.ranking.UnavailableException;
import io.millrace.registry.InMemorySchemaRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Which answer stands for what ranking refuses; others are seen where requests are wrong. */
class RankingFailuresTest {

  @Test
  void aRankingThatFindsNoRoomForItsImpressionsIsTriedAgainInASecond() {
    ServedFixture.Source source =
        new ServedFixture.Source(ServedFixture.version("clicks", ModelKind.LR, 1));
    ServerConfig config =
        Fixture.config(
                Map.of("bootstrap.servers", "127.0.0.1:1"), new InMemorySchemaRegistry(), source)
            .withSettings(
                settings ->
                    settings.withImpressionBuffer(
                        new ImpressionBuffer(
                            1, 1, Duration.ofMinutes(2), ImpressionBuffer.WhenFull.REFUSE)));
    try (MillraceServer server = MillraceServer.start(config, List.of(source))) {
      Http.Answer answer =
          Http.to(server)
              .post(
                  "/v1/rank",
                  "{\"candidates\":[{\"features\":{\"user_id\":\"u\",\"ad_id\":\"a\"}}]}");
      assertThat(answer.status()).as(answer.body()).isEqualTo(503);
      assertThat(answer.headers().firstValue("retry-after")).hasValue("1");
      assertThat(answer.json().at("/error/message").asText())
          .isEqualTo("No further impressions can be logged: Kafka takes none at present.");
    }
  }

  @Test
  void whatNobodyWaitsForIsUnavailableAndNothingIsSaidOfWhen() {
    Deadline over = () -> true;
    UnavailableException e = catchThrowableOfType(UnavailableException.class, over::check);
    JsonAnswers.Answer answer = JsonAnswers.Answer.ofFailure(new CompletionException(e));
    assertThat(answer.status().code()).isEqualTo(503);
    assertThat(answer.headers().isEmpty()).isTrue();
  }
}
