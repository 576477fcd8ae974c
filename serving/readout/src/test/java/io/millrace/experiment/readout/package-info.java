@NullMarked
package io.millrace.experiment.readout;

import org.jspecify.annotations.NullMarked;
