/**
 * The whole platform in one process: a KRaft broker, a Flink MiniCluster, the jobs and the server,
 * on one data directory. The topics, jobs and views are the classes that a cluster runs.
 *
 * <p>Invariant: everything that must survive lives in the data directory, and one process owns it.
 * Parts are started in order and closed in reverse by the thread that owns the {@link
 * io.millrace.standalone.Platform}.
 */
@NullMarked
package io.millrace.standalone;

import org.jspecify.annotations.NullMarked;
