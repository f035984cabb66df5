/// The inner loops of matrix products, in vectors of eight floats. Memory belongs to the caller; every level gives the
/// same bits: each product is rounded before it is added.
#ifndef LINNET_CALGEBRA_H
#define LINNET_CALGEBRA_H

#include <stddef.h>

/// Instruction sets that the loops are compiled for: x86-64 processors have more than its baseline, whose vectors hold four
/// floats.
typedef enum linnet_algebra_level {
  LINNET_ALGEBRA_BASELINE,
  LINNET_ALGEBRA_AVX2,
} linnet_algebra_level;

/// The best level of this processor; it has all below.
linnet_algebra_level linnet_algebra_best_level(void);

/// out[i * out_stride + j] is the dot product of the first `count` elements, a multiple of eight, of row i < `a_rows` of a
/// and row j < `b_rows` of b, rows beginning `stride` elements apart: eight sums, element k in sum k % 8, of which
/// 0 + 4, 1 + 5 ... are added, of these 0 + 2 and 1 + 3, and then the two.
void linnet_algebra_dots(
    linnet_algebra_level level, const float *a, size_t a_rows, const float *b, size_t b_rows, size_t stride,
    size_t count, float *out, size_t out_stride);

/// Element j < `width`, a multiple of eight, of row i < `rows` of out is the sum over k < `terms`, one after the other, of
/// factors[i * factors_stride + k] * vectors[k * vectors_stride + j]. `out` overlaps nothing.
void linnet_algebra_sums(
    linnet_algebra_level level, const float *factors, size_t factors_stride, size_t rows, const float *vectors,
    size_t vectors_stride, size_t terms, size_t width, float *out, size_t out_stride);

#endif
