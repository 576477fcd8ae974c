package io.millrace.experiment.growthbook;

import static io.millrace.experiment.TestExperiments.condition;
import static io.millrace.experiment.TestExperiments.json;
import static io.millrace.experiment.TestExperiments.running;

import io.millrace.experiment.Arm;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.ExperimentBuilder;
import io.millrace.experiment.Holdout;
import io.millrace.experiment.Layer;
import io.millrace.experiment.Treatment;
import io.millrace.experiment.Unit;
import io.millrace.experiment.UnitKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Experiments and users of every sort. */
final class RandomExperiments {
  private static final List<String> COUNTRIES = List.of("DE", "AT", "FR", "US");
  private static final List<String> TARGETING =
      List.of(
          "{}",
          "{'country':'DE'}",
          "{'country':{'$in':['DE','FR']},'age':{'$gte':30,'$lt':60}}",
          "{'$or':[{'age':{'$lt':20}},{'version':{'$vgte':'2.10.0'}}]}",
          "{'$not':{'tags':{'$elemMatch':{'$eq':'new'}}}}",
          "{'tags':{'$size':{'$gt':0}},'name':{'$regex':'^[a-m].*e$'}}");

  private RandomExperiments() {}

  /** Several experiments: ramped, weighted, layered, targeted, with holdouts and forced units. */
  static List<Experiment> experiments(SplittableRandom random, int n) {
    List<Experiment> experiments = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      List<Arm> arms = new ArrayList<>();
      int count = 2 + random.nextInt(3);
      for (int arm = 0; arm < count; arm++) {
        double weight = arm > 1 && random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(9);
        arms.add(new Arm("arm" + arm, weight, treatment(random, arm)));
      }
      double begin = random.nextInt(400) / 1000.0;
      experiments.add(
          ExperimentBuilder.builder(running("experiment-" + i))
              .seed("seed é " + random.nextInt())
              .unit(new Unit(UnitKind.USER, i % 3 == 0 ? "session" : "user"))
              .traffic(i % 2 == 0 ? 1 : (1 + random.nextInt(99)) / 100.0)
              .arms(arms)
              .control("arm1")
              .layer(
                  i == 1 || i == 2
                      ? Optional.of(new Layer("layer", begin, begin + 0.5))
                      : Optional.empty())
              .holdout(
                  i % 2 == 1
                      ? Optional.of(new Holdout("hold", random.nextInt(30) / 100.0))
                      : Optional.empty())
              .targeting(condition(TARGETING.get(i % TARGETING.size())))
              .forced(Map.of("s17", "arm0", "23", "arm0", "-4", "arm1", "0", "arm0", "u5", "arm1"))
              .build());
    }
    return experiments;
  }

  private static Treatment treatment(SplittableRandom random, int arm) {
    return random.nextBoolean()
        ? new Treatment.Model("model-" + arm)
        : new Treatment.Value(json("{'arm':" + arm + ",'list':[1,null,'x']}"));
  }

  /** Two of the six that are asked of the i-th user. */
  static <T> List<T> some(List<T> all, int i) {
    return List.of(all.get(i % all.size()), all.get((i + 1 + i / 6 % 5) % all.size()));
  }

  /** What is known of a user. */
  static Map<String, Object> user(SplittableRandom random, int i) {
    Map<String, Object> user = new HashMap<>();
    if (i % 50 == 0) {
      user.put("user", i / 50 - 8); // a number, 0 once
    } else if (i % 50 != 1) {
      user.put("user", (i % 7 == 0 ? "größe-😀-" : "u") + i);
    }
    user.put("session", "s" + i);
    user.put("country", COUNTRIES.get(random.nextInt(COUNTRIES.size())));
    user.put("age", random.nextInt(10, 80));
    user.put("version", "2." + random.nextInt(20) + ".0" + (i % 3 == 0 ? "-beta" : ""));
    user.put("tags", random.nextBoolean() ? List.of("new", "x") : List.of());
    user.put("name", (char) ('a' + random.nextInt(26)) + "nn" + (i % 2 == 0 ? "e" : "a"));
    return user;
  }
}
