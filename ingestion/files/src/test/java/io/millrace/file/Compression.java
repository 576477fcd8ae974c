package io.millrace.file;

import com.github.luben.zstd.ZstdOutputStream;
import io.millrace.file.decoding.Container;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Packs bytes. */
final class Compression {
  private Compression() {}

  static byte[] pack(Container container, byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    OutputStream out =
        switch (container) {
          case GZIP -> new GZIPOutputStream(packed);
          case XZ -> new XZOutputStream(packed, new LZMA2Options(0));
          case ZSTD -> new ZstdOutputStream(packed);
          case BZIP2 -> new BZip2CompressorOutputStream(packed, 1);
          case ZIP -> {
            ZipOutputStream zip = new ZipOutputStream(packed);
            zip.putNextEntry(new ZipEntry("data.csv"));
            yield zip;
          }
          case PLAIN -> packed;
        };
    try (out) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }
}
