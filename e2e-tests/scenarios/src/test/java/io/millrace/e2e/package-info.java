/**
 * Scenarios against the whole platform: real Kafka, Flink, RocksDB and HTTP, in this process or in
 * one that is killed.
 */
@NullMarked
package io.millrace.e2e;

import org.jspecify.annotations.NullMarked;
