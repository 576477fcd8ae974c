/**
 * The schema registry: which schema has which id.
 *
 * <p>Invariant: an id, once seen by anyone, means the same schema to everyone for ever. Threading:
 * every registry may be shared between threads.
 */
@NullMarked
package io.millrace.registry;

import org.jspecify.annotations.NullMarked;
