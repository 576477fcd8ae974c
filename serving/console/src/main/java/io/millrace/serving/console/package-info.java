/** The console: one page, its script and its style, as resources. It knows no class of a server. */
@NullMarked
package io.millrace.serving.console;

import org.jspecify.annotations.NullMarked;
