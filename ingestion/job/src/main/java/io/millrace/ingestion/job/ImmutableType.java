package io.millrace.ingestion.job;

import java.util.function.Supplier;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/** Tells Flink to use one of our serializers, so that it never falls back to Kryo. */
final class ImmutableType<T> extends TypeInformation<T> {
  private static final long serialVersionUID = 1;

  private interface Source<T> extends Supplier<TypeSerializer<T>>, java.io.Serializable {}

  static final TypeInformation<io.millrace.ingestion.Arrival> ARRIVAL =
      new ImmutableType<>(io.millrace.ingestion.Arrival.class, ArrivalSerializer::new);
  static final TypeInformation<Outbound> OUTBOUND =
      new ImmutableType<>(Outbound.class, OutboundSerializer::new);

  static final TypeInformation<CountsUpdate> COUNTS =
      new ImmutableType<>(CountsUpdate.class, CountsUpdateSerializer::new);

  private final Class<T> type;
  private final Source<T> serializer;

  private ImmutableType(Class<T> type, Source<T> serializer) {
    this.type = type;
    this.serializer = serializer;
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public Class<T> getTypeClass() {
    return type;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return serializer.get();
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof ImmutableType;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ImmutableType<?> that && that.type == type;
  }

  @Override
  public int hashCode() {
    return type.hashCode();
  }

  @Override
  public String toString() {
    return type.getSimpleName();
  }
}
