package io.millrace.cli;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** An option that sets settings; read by {@link SettingsOptions}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface Sets {
  /** The keys that it sets. */
  String[] value();

  /** Whether a number alone is a duration in seconds. */
  boolean seconds() default false;

  /** Whether it is {@code NAME=VALUE}, and sets NAME below its key. */
  boolean named() default false;
}
