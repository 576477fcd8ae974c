package io.millrace.serving.http;

import com.fasterxml.jackson.annotation.JsonKey;

/** What the history keeps a value of, once a second. */
sealed interface Series {
  /** Its name in answers, by which the console finds it. */
  @JsonKey
  String name();

  /** A figure of a model as it is served. */
  record OfModel(String model, ModelFigure figure) implements Series {
    @Override
    public String name() {
      return model + "." + figure.name;
    }
  }

  /** What is known of each model. */
  enum ModelFigure {
    VERSION("version"),
    AGE_MILLIS("ageMillis"),
    EXAMPLES_PER_SECOND("examplesPerSecond"),
    FRESHNESS_P50_MILLIS("freshness.p50Millis"),
    FRESHNESS_P99_MILLIS("freshness.p99Millis");

    private final String name;

    ModelFigure(String name) {
      this.name = name;
    }
  }

  /**
   * A figure of a model's learner.
   *
   * @param figure a name of {@link io.millrace.metrics.FigureNames}
   */
  record OfLearner(String model, String figure) implements Series {
    @Override
    public String name() {
      return model + ".metric." + figure;
    }
  }

  /** A figure of an endpoint. */
  record OfEndpoint(String endpoint, EndpointFigure figure) implements Series {
    @Override
    public String name() {
      return endpoint + "." + figure.name;
    }
  }

  /** What is known of each endpoint. */
  enum EndpointFigure {
    REQUESTS_PER_SECOND("requestsPerSecond"),
    P50_MILLIS("p50Millis"),
    P99_MILLIS("p99Millis");

    private final String name;

    EndpointFigure(String name) {
      this.name = name;
    }
  }

  /** A figure of the ingestion job. */
  record OfIngestion(IngestionFigure figure) implements Series {
    @Override
    public String name() {
      return "ingestion." + figure.name;
    }
  }

  /** What is known of the ingestion job. */
  enum IngestionFigure {
    EVENTS_PER_SECOND("eventsPerSecond"),
    LAG("lag");

    private final String name;

    IngestionFigure(String name) {
      this.name = name;
    }
  }

  /** A {@link StatusValue} that is a number. */
  record Extra(String value) implements Series {
    @Override
    public String name() {
      return "extra." + value;
    }
  }
}
