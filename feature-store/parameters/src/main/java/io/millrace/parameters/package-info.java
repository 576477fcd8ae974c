/**
 * A server's copy of a model: the view of the compacted topic {@code parameters.<model>} that
 * {@link io.millrace.parameters.ParameterView} keeps in memory and in RocksDB, and the record
 * formats of that topic.
 *
 * <p>Invariant: what {@link io.millrace.parameters.ParameterView#current} returns is one whole
 * published version; what RocksDB holds is one whole version with the offset to go on from.
 *
 * <p>Threading: one thread per view reads, applies and stores; {@link
 * io.millrace.parameters.ModelSnapshot} is immutable and read by any thread; the other classes
 * belong to the view's thread.
 */
@NullMarked
package io.millrace.parameters;

import org.jspecify.annotations.NullMarked;
