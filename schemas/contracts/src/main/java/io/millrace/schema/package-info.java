/** What whoever reads or writes events asks of a schema registry, and the rules that it holds. */
@NullMarked
package io.millrace.schema;

import org.jspecify.annotations.NullMarked;
