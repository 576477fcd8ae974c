package io.millrace.experiment.job;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A unit of an experiment: the arms that it was seen in, in the order of their first impressions,
 * and its sums by outcome, which are empty once the arms are more than one. Not thread safe.
 *
 * <p>Bytes, big endian: version 1; i32 number of arms and their names in modified UTF-8; i32 number
 * of outcomes, each a name and {@link OutcomeSums#write}.
 */
final class UnitState {
  private static final int VERSION = 1;

  private final List<String> arms = new ArrayList<>(1);
  private final SortedMap<String, OutcomeSums> outcomes = new TreeMap<>();

  List<String> arms() {
    return arms;
  }

  SortedMap<String, OutcomeSums> outcomes() {
    return outcomes;
  }

  boolean isCrossed() {
    return arms.size() > 1;
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(96);
    try (DataOutputStream to = new DataOutputStream(bytes)) {
      to.writeByte(VERSION);
      to.writeInt(arms.size());
      for (String arm : arms) {
        to.writeUTF(arm);
      }
      to.writeInt(outcomes.size());
      for (var outcome : outcomes.entrySet()) {
        to.writeUTF(outcome.getKey());
        outcome.getValue().write(to);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  static UnitState fromBytes(byte[] bytes) {
    UnitState state = new UnitState();
    try (DataInputStream from = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = from.readByte();
      if (version != VERSION) {
        throw new IOException("version " + version + ", expected " + VERSION);
      }
      int arms = from.readInt();
      for (int i = 0; i < arms; i++) {
        state.arms.add(from.readUTF());
      }
      int outcomes = from.readInt();
      for (int i = 0; i < outcomes; i++) {
        String outcome = from.readUTF();
        state.outcomes.put(outcome, OutcomeSums.read(from));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the stored state of a unit cannot be read", e);
    }
    return state;
  }
}
