package io.millrace.learner;

import io.millrace.feature.FeatureSchema;
import org.apache.avro.Schema;

/** Small feature schemas of string fields. */
public final class TestSchemas {
  private TestSchemas() {}

  /**
   * A schema test.Subject of string fields, given as name, feature (JSON with single quotes), ...
   */
  public static FeatureSchema of(String... namesAndFeatures) {
    StringBuilder fields = new StringBuilder();
    for (int i = 0; i < namesAndFeatures.length; i += 2) {
      fields
          .append(i == 0 ? "" : ",")
          .append("{'name':'")
          .append(namesAndFeatures[i])
          .append("','type':'string','feature':")
          .append(namesAndFeatures[i + 1])
          .append('}');
    }
    String json =
        "{'type':'record','name':'Subject','namespace':'test',"
            + "'millrace':{'table':{'rows':4096,'dim':8}},'fields':["
            + fields
            + "]}";
    return FeatureSchema.parse(new Schema.Parser().parse(json.replace('\'', '"')));
  }

  /** A schema of {@code n} categorical fields f0, f1, ... */
  public static FeatureSchema categoricals(int n) {
    String[] namesAndFeatures = new String[2 * n];
    for (int i = 0; i < n; i++) {
      namesAndFeatures[2 * i] = "f" + i;
      namesAndFeatures[2 * i + 1] = "{'kind':'categorical'}";
    }
    return of(namesAndFeatures);
  }
}
