package io.millrace.file;

import static io.millrace.file.FilesByHand.rows;
import static io.millrace.file.FilesByHand.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.file.decoding.Container;
import io.millrace.file.decoding.UnusableFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compressed files by their bytes, whole, in parts and damaged. */
class ContainerTest {
  @TempDir Path folder;

  private static String table(int from, int to) {
    StringBuilder text = new StringBuilder(from == 0 ? "user,clicked\n" : "");
    Random random = new Random(from);
    for (int i = from; i < to; i++) {
      text.append(random.nextInt()).append(',').append(i % 3 == 0 ? 1 : 0).append('\n');
    }
    return text.toString();
  }

  private FilePlan of(byte[] bytes) {
    // A name that says something else: only the bytes count.
    return FilePlan.of(write(folder, "f.csv.xz", bytes), FileOptions.NONE);
  }

  @ParameterizedTest
  @EnumSource(Container.class)
  void isToldByItsBytes(Container container) throws IOException {
    FilePlan plan =
        of(Compression.pack(container, table(0, 2000).getBytes(StandardCharsets.UTF_8)));
    assertThat(plan.container()).isEqualTo(container);
    assertThat(rows(plan)).hasSize(2000);
  }

  @ParameterizedTest
  @EnumSource(
      value = Container.class,
      names = {"GZIP", "XZ", "ZSTD", "BZIP2"})
  void partsOneAfterAnotherAreOneFile(Container container) throws IOException {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(Compression.pack(container, table(0, 700).getBytes(StandardCharsets.UTF_8)));
    both.writeBytes(Compression.pack(container, table(700, 2000).getBytes(StandardCharsets.UTF_8)));
    assertThat(rows(of(both.toByteArray()))).hasSize(2000);
  }

  @ParameterizedTest
  @EnumSource(
      value = Container.class,
      names = {"GZIP", "XZ", "ZSTD", "BZIP2", "ZIP"})
  void whatEndsInTheMiddleIsSaidTo(Container container) throws IOException {
    byte[] whole = Compression.pack(container, table(0, 2000).getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> rows(of(Arrays.copyOf(whole, whole.length * 2 / 3))))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("(" + container.words() + ") ends in the middle: truncated?");
  }

  @ParameterizedTest
  @EnumSource(
      value = Container.class,
      names = {"GZIP", "XZ", "ZSTD", "BZIP2"})
  void bytesBehindTheEndAreNotPassedOver(Container container) throws IOException {
    ByteArrayOutputStream more = new ByteArrayOutputStream();
    more.writeBytes(Compression.pack(container, table(0, 2000).getBytes(StandardCharsets.UTF_8)));
    more.writeBytes("some garbage behind it".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> rows(of(more.toByteArray())))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("(" + container.words() + ")")
        .hasMessageNotContaining("Exception");
  }

  @Test
  void aZipHoldsOneFile() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : new String[] {"__MACOSX/._a.csv", "b.csv", "a.csv"}) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(table(0, 3).getBytes(StandardCharsets.UTF_8));
      }
    }
    assertThatThrownBy(() -> of(bytes.toByteArray()))
        .hasMessageContaining("holds 2 files (a.csv, b.csv), expected a zip of exactly one file");
    ByteArrayOutputStream office = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(office)) {
      zip.putNextEntry(new ZipEntry("[Content_Types].xml"));
      zip.putNextEntry(new ZipEntry("xl/workbook.xml"));
    }
    assertThatThrownBy(() -> of(office.toByteArray()))
        .hasMessageContaining("an Office document (.xlsx");
  }

  @Test
  void aPackedPackageIsToldToBeUnpacked() throws IOException {
    byte[] inner = Compression.pack(Container.XZ, table(0, 9).getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> of(Compression.pack(Container.GZIP, inner)))
        .hasMessageContaining("holds xz inside of gzip: unpack it");
  }
}
