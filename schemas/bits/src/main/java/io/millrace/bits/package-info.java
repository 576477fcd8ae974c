/** Arithmetic on bits that stored values depend on: a change here changes what was learned. */
@NullMarked
package io.millrace.bits;

import org.jspecify.annotations.NullMarked;
