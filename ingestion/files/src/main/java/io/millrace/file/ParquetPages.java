package io.millrace.file;

import com.github.luben.zstd.Zstd;
import io.millrace.file.decoding.UnusableFileException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/** The pages of one row group of a Parquet file, decompressed. */
final class ParquetPages implements PageReadStore {
  private static final int BUFFER = 1 << 16;
  private static final int LARGEST_PAGE = 1 << 29;

  private final Path file;
  private final FileChannel channel;
  private final RowGroup group;
  private final MessageType schema;

  ParquetPages(Path file, FileChannel channel, RowGroup group, MessageType schema) {
    this.file = file;
    this.channel = channel;
    this.group = group;
    this.schema = schema;
  }

  @Override
  public long getRowCount() {
    return group.getNum_rows();
  }

  @Override
  public PageReader getPageReader(ColumnDescriptor column) {
    int index = schema.getColumns().indexOf(column);
    ColumnChunk chunk = group.getColumns().get(index);
    return new Pages(column, chunk.getMeta_data());
  }

  private final class Pages implements PageReader {
    private final ColumnDescriptor column;
    private final ColumnMetaData chunk;
    private final InputStream in;
    private final long end;
    private long position;
    private long values;
    private @Nullable PageHeader ahead;

    Pages(ColumnDescriptor column, ColumnMetaData chunk) {
      this.column = column;
      this.chunk = chunk;
      long data = chunk.getData_page_offset();
      long dictionary = chunk.isSetDictionary_page_offset() ? chunk.getDictionary_page_offset() : 0;
      this.position = dictionary > 0 && dictionary < data ? dictionary : data;
      this.end = position + chunk.getTotal_compressed_size();
      this.in = new BufferedInputStream(new ChunkStream(), BUFFER);
    }

    /** The bytes of the chunk; each column has a place of its own in the file. */
    private final class ChunkStream extends InputStream {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] to, int offset, int length) throws IOException {
        int most = (int) Math.min(length, end - position);
        if (most <= 0) {
          return -1;
        }
        int read = channel.read(ByteBuffer.wrap(to, offset, most), position);
        position += Math.max(0, read);
        return read;
      }
    }

    @Override
    public long getTotalValueCount() {
      return chunk.getNum_values();
    }

    private PageHeader header() throws IOException {
      PageHeader header = ahead == null ? Util.readPageHeader(in) : ahead;
      ahead = null;
      return header;
    }

    @Override
    public @Nullable DictionaryPage readDictionaryPage() {
      try {
        PageHeader header = header();
        if (!header.isSetDictionary_page_header()) {
          ahead = header;
          return null;
        }
        byte[] bytes = decompressed(body(header), header.getUncompressed_page_size());
        return new DictionaryPage(
            BytesInput.from(bytes),
            header.getDictionary_page_header().getNum_values(),
            encoding(header.getDictionary_page_header().getEncoding()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public @Nullable DataPage readPage() {
      try {
        while (values < chunk.getNum_values()) {
          PageHeader header = header();
          byte[] body = body(header);
          if (header.isSetData_page_header()) {
            return first(header, body);
          } else if (header.isSetData_page_header_v2()) {
            return second(header, body);
          }
        }
        return null;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private DataPage first(PageHeader header, byte[] body) throws IOException {
      DataPageHeader page = header.getData_page_header();
      values += page.getNum_values();
      byte[] bytes = decompressed(body, header.getUncompressed_page_size());
      return new DataPageV1(
          BytesInput.from(bytes),
          page.getNum_values(),
          bytes.length,
          Statistics.getBuilderForReading(column.getPrimitiveType()).build(),
          encoding(page.getRepetition_level_encoding()),
          encoding(page.getDefinition_level_encoding()),
          encoding(page.getEncoding()));
    }

    private DataPage second(PageHeader header, byte[] body) throws IOException {
      DataPageHeaderV2 page = header.getData_page_header_v2();
      values += page.getNum_values();
      int repetition = page.getRepetition_levels_byte_length();
      int levels = repetition + page.getDefinition_levels_byte_length();
      byte[] data = Arrays.copyOfRange(body, levels, body.length);
      boolean packed = !page.isSetIs_compressed() || page.isIs_compressed();
      byte[] bytes =
          packed ? decompressed(data, header.getUncompressed_page_size() - levels) : data;
      return DataPageV2.uncompressed(
          page.getNum_rows(),
          page.getNum_nulls(),
          page.getNum_values(),
          BytesInput.from(Arrays.copyOf(body, repetition)),
          BytesInput.from(Arrays.copyOfRange(body, repetition, levels)),
          encoding(page.getEncoding()),
          BytesInput.from(bytes),
          Statistics.getBuilderForReading(column.getPrimitiveType()).build());
    }

    private byte[] body(PageHeader header) throws IOException {
      int size = header.getCompressed_page_size();
      if (size < 0 || size > chunk.getTotal_compressed_size()) {
        throw new IOException("a page of " + size + " bytes");
      }
      byte[] body = in.readNBytes(size);
      if (body.length < size) {
        throw new UnusableFileException(
            "%s (Parquet) ends in the middle: truncated?".formatted(file));
      }
      return body;
    }

    private byte[] decompressed(byte[] bytes, int size) throws IOException {
      if (size < 0 || size > LARGEST_PAGE) {
        throw new IOException("a page of " + size + " bytes");
      }
      CompressionCodec codec = chunk.getCodec();
      byte[] to = new byte[codec == CompressionCodec.UNCOMPRESSED ? 0 : size];
      switch (codec) {
        case UNCOMPRESSED:
          return bytes;
        case SNAPPY:
          if (Snappy.uncompressedLength(bytes) != size) {
            throw new IOException("a page of another size");
          }
          Snappy.uncompress(bytes, 0, bytes.length, to, 0);
          return to;
        case GZIP:
          try (InputStream gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return gzip.readNBytes(size);
          }
        case ZSTD:
          if (size > 0 && Zstd.decompress(to, bytes) != size) {
            throw new IOException("a page of another size");
          }
          return to;
        case LZ4_RAW:
          lz4(bytes, to);
          return to;
        default:
          throw new UnusableFileException(
              "%s is Parquet compressed by %s, expected snappy, gzip, zstd, lz4_raw or nothing"
                  .formatted(file, codec.name().toLowerCase(Locale.ROOT)));
      }
    }
  }

  private static Encoding encoding(org.apache.parquet.format.Encoding encoding) {
    return Encoding.valueOf(encoding.name());
  }

  /** One block of LZ4: literals and copies of what came before, by turns. */
  private static void lz4(byte[] from, byte[] to) {
    int in = 0;
    int out = 0;
    while (in < from.length) {
      int token = from[in++] & 0xff;
      int literals = token >> 4;
      if (literals == 15) {
        int more;
        do {
          more = from[in++] & 0xff;
          literals += more;
        } while (more == 255);
      }
      System.arraycopy(from, in, to, out, literals);
      in += literals;
      out += literals;
      if (in >= from.length) {
        return;
      }
      int offset = (from[in] & 0xff) | (from[in + 1] & 0xff) << 8;
      in += 2;
      int length = (token & 15) + 4;
      if (length == 19) {
        int more;
        do {
          more = from[in++] & 0xff;
          length += more;
        } while (more == 255);
      }
      for (int i = 0; i < length; i++, out++) {
        to[out] = to[out - offset];
      }
    }
  }
}
