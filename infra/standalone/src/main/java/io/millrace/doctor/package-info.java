/** What a platform would meet on this machine and in its Kafka, looked at before it starts. */
@NullMarked
package io.millrace.doctor;

import org.jspecify.annotations.NullMarked;
