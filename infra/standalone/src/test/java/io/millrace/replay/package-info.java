/** Tests of replays without a platform. */
@NullMarked
package io.millrace.replay;

import org.jspecify.annotations.NullMarked;
