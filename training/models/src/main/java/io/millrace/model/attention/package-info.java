/**
 * AutoInt's attention over fields by kernels, computed in blocks of columns so that a block stays
 * in a core's cache.
 */
@NullMarked
package io.millrace.model.attention;

import org.jspecify.annotations.NullMarked;
