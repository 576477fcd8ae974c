package io.millrace.doctor;

import io.millrace.standalone.UpSettings;
import io.millrace.topic.Topics;
import java.util.ArrayList;
import java.util.List;

/** Looks at what a platform with some settings would meet; changes and writes nothing. */
public final class Doctor {
  private Doctor() {}

  /** Everything that was looked at, in the order in which a platform needs it. */
  public static List<Finding> examine(UpSettings settings) {
    List<Finding> findings = new ArrayList<>();
    findings.addAll(MachineCheck.look());
    findings.addAll(FolderCheck.look(settings.dataDir()));
    findings.addAll(PortCheck.look(settings));
    String bootstrap = settings.kafka().bootstrap();
    if (bootstrap != null) {
      findings.addAll(KafkaCheck.look(bootstrap, settings.kafka(), Topics.DEFAULT));
    }
    return findings;
  }
}
