@NullMarked
package io.millrace.study;

import org.jspecify.annotations.NullMarked;
