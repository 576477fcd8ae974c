/** Tests of the parameter view, and the Kafka broker that they run. */
@NullMarked
package io.millrace.parameters;

import org.jspecify.annotations.NullMarked;
