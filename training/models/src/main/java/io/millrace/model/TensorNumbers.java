package io.millrace.model;

import java.util.List;

/** Numbers of tensors by name. */
public record TensorNumbers(List<TensorSpec> specs) {
  /**
   * The number of a tensor.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public int of(String name) {
    for (int t = 0; t < specs.size(); t++) {
      if (specs.get(t).name().equals(name)) {
        return t;
      }
    }
    throw new IllegalArgumentException("tensor: " + name + ", expected one of " + specs);
  }
}
