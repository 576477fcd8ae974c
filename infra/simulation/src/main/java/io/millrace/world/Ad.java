package io.millrace.world;

import org.jspecify.annotations.Nullable;

/**
 * An ad that a request offers.
 *
 * @param id never used again once the ad has retired
 * @param price of what it advertises; a few ads don't say
 * @param bid what the advertiser pays for a click
 */
public record Ad(
    String id, String advertiser, String category, @Nullable Double price, double bid) {}
