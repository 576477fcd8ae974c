package io.millrace.ranking;

import java.util.Map;

/**
 * Feature values as a request gives them, not checked yet, and where they stand in it.
 *
 * @param place of the object that holds them, for example {@code candidates[3].features}
 * @param values by the name that the request uses: String, Integer, Long, BigInteger, Double,
 *     Boolean, List, Map, or null
 */
public record GivenFeatures(String place, Map<String, Object> values) {

  /** The place of a feature in the request. */
  public String at(String feature) {
    return place.isEmpty() ? feature : place + "." + feature;
  }
}
