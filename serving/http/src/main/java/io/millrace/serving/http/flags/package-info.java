/** Experiments in the protocols of feature flags, by which others' clients decide as servers do. */
@NullMarked
package io.millrace.serving.http.flags;

import org.jspecify.annotations.NullMarked;
