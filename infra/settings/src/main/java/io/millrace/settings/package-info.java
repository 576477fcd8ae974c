/**
 * Settings of a process as a record: what a YAML file says, over it environment variables {@code
 * MILLRACE_…}, over these options of the command line. A key is a component's name, a section a
 * record within the record, a default what the record of defaults holds.
 *
 * <p>Whatever is wrong is a {@link io.millrace.settings.SettingsException} of one line that names
 * the place (file and line, variable or option), the key, the value and what was expected. This
 * package knows nothing of what is set.
 */
@NullMarked
package io.millrace.settings;

import org.jspecify.annotations.NullMarked;
