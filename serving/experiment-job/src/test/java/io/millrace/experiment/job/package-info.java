@NullMarked
package io.millrace.experiment.job;

import org.jspecify.annotations.NullMarked;
