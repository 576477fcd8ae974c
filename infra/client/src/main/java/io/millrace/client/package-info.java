/** Asks HTTP APIs that speak JSON: Millrace's servers and schema registries. */
@NullMarked
package io.millrace.client;

import org.jspecify.annotations.NullMarked;
