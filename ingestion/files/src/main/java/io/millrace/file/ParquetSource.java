package io.millrace.file;

import io.millrace.file.decoding.UnusableFileException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.TimeUnit;
import org.apache.parquet.format.Util;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a Parquet file. Values are texts as other formats would write them: times in ISO 8601,
 * decimals with their point, lists as items with {@link JsonSource#ITEM} between. Groups inside are
 * columns {@code a.b}. The row's number stands for its line.
 */
final class ParquetSource implements RawRows {
  private static final int MOST_FOOTER = 1 << 28;
  private static final int JULIAN_EPOCH = 2_440_588;

  /** Of Parquet, whose footer says it all. */
  record Layout() implements RawRows.Layout {
    @Override
    public RawRows open(Opening from) throws IOException {
      return new ParquetSource(from.file());
    }
  }

  private final Path file;
  private final FileChannel channel;
  private final FileMetaData footer;
  private final MessageType schema;
  private final List<Leaf> leaves = new ArrayList<>();
  private final Iterator<RowGroup> groups;
  private final List<ColumnReader> readers = new ArrayList<>();
  private final List<Long> left = new ArrayList<>();
  private long rowsLeft;
  private long row;

  /** A column: where it is and what its values mean. */
  private record Leaf(
      String name, ColumnDescriptor descriptor, SchemaElement element, int listLevel) {}

  private ParquetSource(Path file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file);
    try {
      this.footer = footer();
      Iterator<SchemaElement> elements = footer.getSchema().iterator();
      SchemaElement root = elements.next();
      List<SchemaElement> primitives = new ArrayList<>();
      this.schema = new MessageType(root.getName(), children(root, elements, primitives));
      List<ColumnDescriptor> columns = schema.getColumns();
      for (int c = 0; c < columns.size(); c++) {
        leaves.add(leaf(columns.get(c), primitives.get(c)));
      }
      this.groups = footer.getRow_groups().iterator();
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw damaged(e);
    }
  }

  /** The names of a file's columns. */
  static List<String> columns(Path file) throws IOException {
    try (ParquetSource source = new ParquetSource(file)) {
      return source.leaves.stream().map(Leaf::name).toList();
    }
  }

  /** The columns that the file itself says to be texts. */
  static List<String> texts(Path file) throws IOException {
    try (ParquetSource source = new ParquetSource(file)) {
      return source.leaves.stream()
          .filter(
              leaf ->
                  leaf.descriptor().getPrimitiveType().getPrimitiveTypeName()
                          == PrimitiveTypeName.BINARY
                      && scale(leaf.element()) < 0)
          .map(Leaf::name)
          .toList();
    }
  }

  private UnusableFileException damaged(Exception e) {
    if (e instanceof UnusableFileException said) {
      return said;
    }
    return new UnusableFileException(
        "%s (Parquet) holds bytes that cannot be decoded: damaged?".formatted(file));
  }

  private FileMetaData footer() throws IOException {
    long size = channel.size();
    ByteBuffer tail = read(Math.max(0, size - 8), 8);
    boolean whole = size >= 12 && tail.getInt(4) == 0x31524150; // PAR1
    int length = whole ? tail.getInt(0) : 0;
    if (!whole || length <= 0 || length > Math.min(size - 12, MOST_FOOTER)) {
      throw new UnusableFileException(
          "%s (Parquet) ends in the middle: truncated?".formatted(file));
    }
    return Util.readFileMetaData(new ByteArrayInputStream(read(size - 8 - length, length).array()));
  }

  private ByteBuffer read(long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining() && channel.read(bytes, at + bytes.position()) > 0) {
      // until it is full, or the file has ended
    }
    return bytes.flip().limit(length);
  }

  private static List<Type> children(
      SchemaElement parent, Iterator<SchemaElement> elements, List<SchemaElement> primitives) {
    List<Type> children = new ArrayList<>();
    for (int c = 0; c < parent.getNum_children(); c++) {
      SchemaElement element = elements.next();
      Type.Repetition repetition = Type.Repetition.valueOf(element.getRepetition_type().name());
      if (element.isSetType()) {
        primitives.add(element);
        String name = element.getType().name();
        children.add(
            new PrimitiveType(
                repetition,
                PrimitiveTypeName.valueOf(name.equals("BYTE_ARRAY") ? "BINARY" : name),
                element.getType_length(),
                element.getName()));
      } else {
        children.add(
            new GroupType(repetition, element.getName(), children(element, elements, primitives)));
      }
    }
    return children;
  }

  /** Wrappers of lists are left out of the name. */
  private Leaf leaf(ColumnDescriptor column, SchemaElement element) {
    String[] path = column.getPath();
    List<String> name = new ArrayList<>();
    int listLevel = 0;
    Type at = schema;
    for (int p = 0; p < path.length; p++) {
      at = at.asGroupType().getType(path[p]);
      boolean repeated = at.isRepetition(Type.Repetition.REPEATED);
      if (repeated && listLevel == 0) {
        String[] prefix = java.util.Arrays.copyOf(path, p + 1);
        listLevel = schema.getMaxDefinitionLevel(prefix);
      }
      boolean wrapper =
          p > 0
              && listLevel > 0
              && (repeated || path[p].matches("element|array_element|item|array"));
      if (!wrapper) {
        name.add(path[p]);
      }
    }
    return new Leaf(String.join(".", name), column, element, listLevel);
  }

  @Override
  public @Nullable RawRow next() throws IOException {
    try {
      while (rowsLeft == 0) {
        if (!groups.hasNext()) {
          return null;
        }
        open(groups.next());
      }
      rowsLeft--;
      row++;
      @Nullable String[] cells = new String[leaves.size()];
      for (int c = 0; c < cells.length; c++) {
        cells[c] = cell(c);
      }
      return RawRow.of(row, cells);
    } catch (IOException | RuntimeException e) {
      throw damaged(e);
    } catch (OutOfMemoryError e) {
      // A damaged count makes a decoder ask for one array that no heap holds.
      throw damaged(new IOException(e));
    }
  }

  private void open(RowGroup group) throws IOException {
    readers.clear();
    left.clear();
    rowsLeft = group.getNum_rows();
    String writer = footer.isSetCreated_by() ? footer.getCreated_by() : "";
    ColumnReadStoreImpl store =
        new ColumnReadStoreImpl(
            new ParquetPages(file, channel, group, schema), new NoConverter(), schema, writer);
    for (Leaf leaf : leaves) {
      ColumnReader reader = store.getColumnReader(leaf.descriptor());
      readers.add(reader);
      left.add(reader.getTotalValueCount());
    }
  }

  /** The next row's value of a column: all items of its list. */
  private @Nullable String cell(int column) {
    Leaf leaf = leaves.get(column);
    ColumnReader reader = readers.get(column);
    long values = left.get(column);
    int present = leaf.descriptor().getMaxDefinitionLevel();
    StringBuilder items = null;
    String value = null;
    do {
      if (values <= 0) {
        throw new IllegalStateException("fewer values than rows");
      }
      int level = reader.getCurrentDefinitionLevel();
      if (level == present) {
        String next = value(leaf, reader);
        if (value == null) {
          value = next;
        } else if (next != null) {
          items = items == null ? new StringBuilder(value) : items;
          items.append(JsonSource.ITEM).append(next);
        }
      } else if (leaf.listLevel() > 0 && level == leaf.listLevel() - 1) {
        value = "";
      }
      reader.consume();
      values--;
    } while (values > 0 && reader.getCurrentRepetitionLevel() > 0);
    left.set(column, values);
    return items == null ? value : items.toString();
  }

  private static @Nullable String value(Leaf leaf, ColumnReader reader) {
    SchemaElement element = leaf.element();
    int scale = scale(element);
    return switch (leaf.descriptor().getPrimitiveType().getPrimitiveTypeName()) {
      case BOOLEAN -> String.valueOf(reader.getBoolean());
      case INT32 -> {
        int x = reader.getInteger();
        boolean date =
            element.getConverted_type() == ConvertedType.DATE
                || (element.isSetLogicalType() && element.getLogicalType().isSetDATE());
        yield date
            ? LocalDate.ofEpochDay(x).toString()
            : scale >= 0
                ? BigDecimal.valueOf(x, scale).toPlainString()
                : element.getConverted_type() == ConvertedType.UINT_32
                    ? Integer.toUnsignedString(x)
                    : Integer.toString(x);
      }
      case INT64 -> {
        long x = reader.getLong();
        yield scale >= 0
            ? BigDecimal.valueOf(x, scale).toPlainString()
            : element.getConverted_type() == ConvertedType.UINT_64
                ? Long.toUnsignedString(x)
                : time(element, x);
      }
      case INT96 -> {
        ByteBuffer bytes = reader.getBinary().toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        long nanos = bytes.getLong(bytes.position());
        long days = bytes.getInt(bytes.position() + 8) - (long) JULIAN_EPOCH;
        yield Instant.ofEpochSecond(days * 86_400, nanos).toString();
      }
      case FLOAT -> Float.toString(reader.getFloat());
      case DOUBLE -> Double.toString(reader.getDouble());
      case BINARY, FIXED_LEN_BYTE_ARRAY ->
          scale >= 0
              ? new BigDecimal(new BigInteger(reader.getBinary().getBytes()), scale).toPlainString()
              : reader.getBinary().toStringUsingUTF8().replace(JsonSource.ITEM, ' ');
    };
  }

  /** A whole number, or the time that it is. */
  private static String time(SchemaElement element, long x) {
    long perSecond = 0;
    if (element.isSetLogicalType() && element.getLogicalType().isSetTIMESTAMP()) {
      TimeUnit unit = element.getLogicalType().getTIMESTAMP().getUnit();
      perSecond = unit.isSetMILLIS() ? 1_000 : unit.isSetMICROS() ? 1_000_000 : 1_000_000_000;
    } else if (element.getConverted_type() == ConvertedType.TIMESTAMP_MILLIS) {
      perSecond = 1_000;
    } else if (element.getConverted_type() == ConvertedType.TIMESTAMP_MICROS) {
      perSecond = 1_000_000;
    }
    if (perSecond == 0) {
      return Long.toString(x);
    }
    long nanos = Math.floorMod(x, perSecond) * (1_000_000_000 / perSecond);
    return Instant.ofEpochSecond(Math.floorDiv(x, perSecond), nanos).toString();
  }

  /** The scale of a decimal, or -1. */
  private static int scale(SchemaElement element) {
    if (element.isSetLogicalType() && element.getLogicalType().isSetDECIMAL()) {
      return element.getLogicalType().getDECIMAL().getScale();
    }
    return element.getConverted_type() == ConvertedType.DECIMAL ? element.getScale() : -1;
  }

  /** Values are asked for, not handed over. */
  private static final class NoConverter extends org.apache.parquet.io.api.GroupConverter {
    @Override
    public org.apache.parquet.io.api.Converter getConverter(int field) {
      return new Anything();
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }

  /** Both kinds of converter, as the path of a column may go through groups. */
  private static final class Anything extends org.apache.parquet.io.api.Converter {
    @Override
    public boolean isPrimitive() {
      return true;
    }

    @Override
    public org.apache.parquet.io.api.PrimitiveConverter asPrimitiveConverter() {
      return new org.apache.parquet.io.api.PrimitiveConverter() {};
    }

    @Override
    public org.apache.parquet.io.api.GroupConverter asGroupConverter() {
      return new NoConverter();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
