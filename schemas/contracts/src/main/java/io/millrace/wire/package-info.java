/**
 * How records travel: the Confluent wire format, and the reasons for which a record is turned away.
 *
 * <p>Layout of a value: byte 0 is 0, bytes 1 to 4 are the schema id (big endian), the rest is Avro
 * binary. Invariant: whatever the bytes, decoding ends in a record or in a {@link
 * io.millrace.wire.WireFormatException}, and allocates no more than a small multiple of the input.
 *
 * <p>Threading: {@link io.millrace.wire.AvroWire} belongs to one thread; the rest is immutable.
 */
@NullMarked
package io.millrace.wire;

import org.jspecify.annotations.NullMarked;
