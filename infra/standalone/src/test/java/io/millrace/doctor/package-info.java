/** Tests of what is looked at before a start. */
@NullMarked
package io.millrace.doctor;

import org.jspecify.annotations.NullMarked;
