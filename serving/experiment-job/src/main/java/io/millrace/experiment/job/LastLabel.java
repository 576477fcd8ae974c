package io.millrace.experiment.job;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What an impression was counted with last, kept until its label is final.
 *
 * @param sums of this impression alone
 * @param forgottenAt event time from which nothing is kept of it, milliseconds
 */
record LastLabel(OutcomeSums sums, long forgottenAt) {
  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    try (DataOutputStream to = new DataOutputStream(bytes)) {
      to.writeLong(forgottenAt);
      sums.write(to);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  static LastLabel fromBytes(byte[] bytes) {
    try (DataInputStream from = new DataInputStream(new ByteArrayInputStream(bytes))) {
      long forgottenAt = from.readLong();
      return new LastLabel(OutcomeSums.read(from), forgottenAt);
    } catch (IOException e) {
      throw new UncheckedIOException("the stored label of an impression cannot be read", e);
    }
  }
}
