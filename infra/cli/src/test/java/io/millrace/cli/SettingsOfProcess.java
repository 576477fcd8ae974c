package io.millrace.cli;

import io.millrace.offline.EvaluateSettings;
import io.millrace.offline.StudySettings;
import io.millrace.offline.TrainSettings;
import io.millrace.replay.ReplaySettings;
import io.millrace.serving.http.ServerSettings;
import io.millrace.settings.Key;
import io.millrace.settings.Keys;
import io.millrace.standalone.RegistrySettings;
import io.millrace.standalone.UpSettings;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A process that reads settings. A new one is added to {@link #ALL}.
 *
 * @param name of its command
 * @param defaults of its settings
 * @param command whose options set some of them
 */
record SettingsOfProcess(String name, Record defaults, Object command) {

  /** What a server takes on depends on the process: a heap of 3 GiB and two cores here. */
  private static final ServerSettings SERVER = ServerSettings.defaults(3L << 30, 2);

  static final List<SettingsOfProcess> ALL =
      List.of(
          new SettingsOfProcess("demo", DemoSettings.defaults(SERVER), new DemoCommand()),
          new SettingsOfProcess("up", UpSettings.defaults(SERVER), new UpCommand()),
          new SettingsOfProcess("replay", ReplaySettings.DEFAULT, new ReplayCommand()),
          new SettingsOfProcess("train", TrainSettings.DEFAULT, new TrainCommand()),
          new SettingsOfProcess("evaluate", EvaluateSettings.DEFAULT, new EvaluateCommand()),
          new SettingsOfProcess("study", StudySettings.DEFAULT, new StudyCommand()),
          new SettingsOfProcess("registry", RegistrySettings.DEFAULT, new RegistryCommand()));

  List<Key> keys() {
    return Keys.of(defaults);
  }

  /** The options that set a key, by the key. */
  Map<String, String> options() {
    Map<String, String> options = new TreeMap<>();
    for (ArgSpec argument : new CommandLine(command).getCommandSpec().args()) {
      Sets sets = SettingsOptions.sets(argument);
      if (sets != null) {
        for (String key : sets.value()) {
          options.put(
              key,
              argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel());
        }
      }
    }
    return options;
  }
}
