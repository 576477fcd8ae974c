/** Tests of the parameter view, on a real broker. */
@NullMarked
package io.millrace.parameters;

import org.jspecify.annotations.NullMarked;
