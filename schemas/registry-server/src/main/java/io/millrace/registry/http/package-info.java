/**
 * The schema registry as an HTTP service, with the REST API that clients of Confluent's registry
 * speak. {@link io.millrace.registry.http.Routes} is the list of everything that it answers.
 *
 * <p>Invariant: whatever a request holds, the answer is JSON with a status that the API documents;
 * a request alone never makes it 5xx. Threading: known ids are answered on the event loop, all else
 * on workers, changes on workers of their own, so that questions do not wait behind them.
 */
@NullMarked
package io.millrace.registry.http;

import org.jspecify.annotations.NullMarked;
