/**
 * The schemes that a model's config can name, each as a record of its settings ({@link
 * io.millrace.embedding.scheme.EmbeddingConfig}) and the class that computes it. Worked numbers of
 * the methods come from Coleman et al. (NeurIPS 2023), Shi et al. (KDD 2020), Ginart et al. (ISIT
 * 2021), Desai et al. (MLSys 2022), Yin et al. (MLSys 2021) and Kang et al. (KDD 2021); each class
 * names its own.
 *
 * <p>Shapes: F fields, D dimension of a field vector, M rows, W values of a row.
 */
@NullMarked
package io.millrace.embedding.scheme;

import org.jspecify.annotations.NullMarked;
