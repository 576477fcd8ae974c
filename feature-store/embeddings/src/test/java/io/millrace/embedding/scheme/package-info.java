@NullMarked
package io.millrace.embedding.scheme;

import org.jspecify.annotations.NullMarked;
