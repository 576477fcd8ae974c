/**
 * Conditions on attributes in the language of GrowthBook's targeting, whose values compare as
 * JavaScript compares them: https://docs.growthbook.io/lib/build-your-own.
 */
@NullMarked
package io.millrace.experiment.condition;

import org.jspecify.annotations.NullMarked;
