/**
 * Which models there are: their settings, states and aliases, as a journal that servers and the
 * controller of jobs follow. What runs is made equal to what stands here; nothing here says what
 * runs.
 */
@NullMarked
package io.millrace.deployment;

import org.jspecify.annotations.NullMarked;
