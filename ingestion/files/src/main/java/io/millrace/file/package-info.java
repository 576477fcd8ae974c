/** Files of labelled examples, row by row, and their rows as records of a feature schema. */
@NullMarked
package io.millrace.file;

import org.jspecify.annotations.NullMarked;
