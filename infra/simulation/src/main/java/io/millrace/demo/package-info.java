/**
 * Drives the synthetic market against a running platform, only through what any user has: its HTTP
 * interface and its topics.
 *
 * <p>Invariant: the world's truth never reaches the platform; it only decides clicks and the
 * ceiling shown beside the learner. Threading: {@link io.millrace.demo.Demo#run} does everything on
 * its caller's thread; answers of the server reach it through a queue.
 */
@NullMarked
package io.millrace.demo;

import org.jspecify.annotations.NullMarked;
