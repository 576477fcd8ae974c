/**
 * Which embedding scheme a team should take at its budget: the same model trained with each scheme
 * at each budget on the same split of a file, and what came of it.
 */
@NullMarked
package io.millrace.study;

import org.jspecify.annotations.NullMarked;
