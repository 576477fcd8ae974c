package io.millrace.parameters;

import io.millrace.event.TensorUpdate;
import io.millrace.event.VersionManifest;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.Map;

/**
 * What leads from one version to another.
 *
 * @param manifest of the version that it leads to
 * @param nextOffset the Kafka offset to read on from, after the manifest
 * @param whole whether everything older is void, rather than changed
 * @param rows RowUpdate records by row; empty bytes for a row that goes back to its initial value
 * @param tensors by name
 */
record VersionChange(
    VersionManifest manifest,
    long nextOffset,
    boolean whole,
    Long2ObjectOpenHashMap<byte[]> rows,
    Map<String, TensorUpdate> tensors) {}
