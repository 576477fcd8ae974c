/** Tests of the synthetic market. */
@NullMarked
package io.millrace.world;

import org.jspecify.annotations.NullMarked;
