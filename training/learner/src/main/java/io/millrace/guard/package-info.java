/** Whether a model that learns may be served, by what it said of the examples that came. */
@NullMarked
package io.millrace.guard;

import org.jspecify.annotations.NullMarked;
