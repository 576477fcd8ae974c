/** Training and evaluation of models on files: configuration files, runs and their reports. */
@NullMarked
package io.millrace.offline;

import org.jspecify.annotations.NullMarked;
