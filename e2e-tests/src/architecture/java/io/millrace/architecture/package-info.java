/** Rules of packages, which each module's build holds its own classes to. */
@NullMarked
package io.millrace.architecture;

import org.jspecify.annotations.NullMarked;
