/**
 * Feature definitions as GrowthBook's SDKs read them: experiments written in that form, and an
 * engine that evaluates it by the specification, https://docs.growthbook.io/lib/build-your-own.
 */
@NullMarked
package io.millrace.experiment.growthbook;

import org.jspecify.annotations.NullMarked;
