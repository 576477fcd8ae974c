package io.millrace.ingestion.job;

import io.millrace.schema.SchemaRegistry;
import java.io.Serializable;

/** Opens a registry inside an operator, on whichever machine it runs. */
@FunctionalInterface
public interface RegistryFactory extends Serializable {
  /** A new registry, which the operator closes. */
  SchemaRegistry open();
}
