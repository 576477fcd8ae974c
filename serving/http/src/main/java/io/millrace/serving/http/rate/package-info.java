/** How often things happen, and how long they take, lately. */
@NullMarked
package io.millrace.serving.http.rate;

import org.jspecify.annotations.NullMarked;
