/** Tests of the training job: on bytes, in Flink's operator harness, and on a real cluster. */
@NullMarked
package io.millrace.training;

import org.jspecify.annotations.NullMarked;
