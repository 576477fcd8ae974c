/**
 * The command line: one class per command, arguments to configuration, nothing else.
 *
 * <p>Invariant: a command that runs the platform enters its data directory ({@link
 * io.millrace.cli.ProcessHome}) before any other class can open a file.
 */
@NullMarked
package io.millrace.cli;

import org.jspecify.annotations.NullMarked;
