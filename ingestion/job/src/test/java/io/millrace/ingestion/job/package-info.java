/** Tests of the Flink drivers. */
@NullMarked
package io.millrace.ingestion.job;

import org.jspecify.annotations.NullMarked;
