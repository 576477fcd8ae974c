package io.millrace.experiment.readout;

import io.millrace.experiment.Experiment;
import io.millrace.experiment.readout.ExperimentReadout.ArmUnits;
import io.millrace.experiment.readout.ExperimentReadout.Mismatch;
import io.millrace.inference.Allocation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whether the arms have the units that their weights promise. The test that may be looked at any
 * time closes a read-out; Pearson's does so from the planned end on, where there is one.
 */
record MismatchReading(Experiment experiment, List<ArmUnits> arms) {

  Mismatch read() {
    List<ArmUnits> open = arms.stream().filter(arm -> arm.share() > 0).toList();
    long[] counts = open.stream().mapToLong(ArmUnits::units).toArray();
    long units = Arrays.stream(counts).sum();
    for (ArmUnits arm : arms) {
      if (arm.share() == 0 && arm.units() > 0) {
        return new Mismatch(
            false,
            Allocation.ALARM,
            null,
            null,
            "Arm %s has units and a weight of 0 by now, so there is nothing that the numbers of units could be compared with."
                .formatted(arm.arm()));
      }
    }
    if (open.size() < 2 || units == 0) {
      return new Mismatch(
          false, Allocation.ALARM, null, null, "There are no two arms with weights and units yet.");
    }
    Allocation allocation = new Allocation(open.stream().mapToDouble(ArmUnits::share).toArray());
    double fixed = allocation.fixedPValue(counts);
    double anytime = allocation.anytimePValue(counts);
    boolean ended =
        experiment.plannedUnits().isPresent() && units >= experiment.plannedUnits().getAsLong();
    boolean alarm = anytime < Allocation.ALARM || ended && fixed < Allocation.ALARM;
    return new Mismatch(
        alarm,
        Allocation.ALARM,
        fixed,
        anytime,
        alarm
            ? "The arms have %s units, and their weights promise %s: units were lost or counted twice, or the weights were changed meanwhile. No effect is shown, for none could be believed."
                .formatted(counts(open, counts), promised(open, units))
            : "The arms' units agree with their weights.");
  }

  private static String counts(List<ArmUnits> arms, long[] counts) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      words.add(arms.get(i).arm() + " " + counts[i]);
    }
    return String.join(", ", words);
  }

  private static String promised(List<ArmUnits> arms, long units) {
    return String.join(
        ", ",
        arms.stream().map(arm -> "%s %.0f".formatted(arm.arm(), arm.share() * units)).toList());
  }
}
