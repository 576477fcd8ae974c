package io.millrace.cli;

import io.millrace.doctor.Doctor;
import io.millrace.doctor.Finding;
import io.millrace.serving.http.ServerSettings;
import io.millrace.standalone.UpSettings;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Looks at what 'millrace up' with the same options would meet: Java, memory, folder, ports and",
      "the settings of your Kafka that lose data. Starts and writes nothing; exits 1 on a problem."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DoctorCommand implements Callable<Integer> {
  @Mixin private SettingsOptions settings;

  @Sets("server.port")
  @Option(names = "--port", description = "Of the server (default: 8080).")
  private @Nullable String port;

  @Mixin private RegistryOption registryOption;

  @Mixin private LogOptions log;

  @Sets("dataDir")
  @Option(
      names = "--data-dir",
      description = "Where everything is kept (default: millrace-data/up).")
  private @Nullable String dataDir;

  @Override
  public Integer call() {
    List<Finding> findings =
        Doctor.examine(settings.read(UpSettings.defaults(ServerSettings.defaults())));
    TextTable table = new TextTable("", "looked at", "found");
    findings.forEach(each -> table.row(each.level().word(), each.what(), each.words()));
    System.out.print(table);
    return findings.stream().anyMatch(each -> each.level() == Finding.Level.PROBLEM)
        ? Millrace.FAILURE
        : 0;
  }
}
