/** Who may ask a server what: users, their passwords and their roles. */
@NullMarked
package io.millrace.access;

import org.jspecify.annotations.NullMarked;
