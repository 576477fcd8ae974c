/** From a file's bytes to its letters: what they are packed in, their encoding, and a sample. */
@NullMarked
package io.millrace.file.decoding;

import org.jspecify.annotations.NullMarked;
