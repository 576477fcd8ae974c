/**
 * A model that was trained on a file, as a folder holds it: its definition, its weights, and what a
 * stream's optimizers need to go on with them. The trainer writes it; a learner, the command line
 * and evaluations read it.
 *
 * <p>Invariant: a folder is replaced file by file, each as a whole. Threading: everything here
 * belongs to one thread.
 */
@NullMarked
package io.millrace.trained;

import org.jspecify.annotations.NullMarked;
