/** Tests of the pure label join against a brute-force oracle. */
@NullMarked
package io.millrace.ingestion;

import org.jspecify.annotations.NullMarked;
