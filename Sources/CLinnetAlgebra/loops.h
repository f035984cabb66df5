/// The loops, for a level to compile, and what a level consists of.
#ifndef LINNET_ALGEBRA_LOOPS_H
#define LINNET_ALGEBRA_LOOPS_H

#include "CLinnetAlgebra.h"

#pragma STDC FP_CONTRACT OFF

typedef float eight __attribute__((vector_size(32)));
typedef float eight_anywhere __attribute__((vector_size(32), aligned(4), may_alias));

#define LINNET_ALGEBRA_INLINE static inline __attribute__((always_inline))
#define LINNET_ALGEBRA_UNROLL _Pragma("clang loop unroll(full)")

enum { MOST_ROWS = 4, MOST_COLUMNS = 2 };

/// `rows` x `columns` dot products, both constants.
LINNET_ALGEBRA_INLINE void dots_tile(
    const size_t rows, const size_t columns, const float *a, const float *b, size_t stride, size_t count, float *out,
    size_t out_stride) {
  eight sums[MOST_ROWS][MOST_COLUMNS] = {0};
  for (size_t k = 0; k < count; k += 8) {
    eight y[MOST_COLUMNS];
    LINNET_ALGEBRA_UNROLL for (size_t j = 0; j < columns; j++) y[j] = *(const eight_anywhere *)(b + j * stride + k);
    LINNET_ALGEBRA_UNROLL for (size_t i = 0; i < rows; i++) {
      const eight x = *(const eight_anywhere *)(a + i * stride + k);
      LINNET_ALGEBRA_UNROLL for (size_t j = 0; j < columns; j++) sums[i][j] += x * y[j];
    }
  }
  LINNET_ALGEBRA_UNROLL for (size_t i = 0; i < rows; i++) {
    LINNET_ALGEBRA_UNROLL for (size_t j = 0; j < columns; j++) {
      const eight s = sums[i][j];
      out[i * out_stride + j] = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
    }
  }
}

/// `tile` rows at a time, a constant; what is left one by one.
LINNET_ALGEBRA_INLINE void dots(
    const size_t tile, const float *a, size_t a_rows, const float *b, size_t b_rows, size_t stride, size_t count,
    float *out, size_t out_stride) {
  size_t i = 0;
  for (; i + tile <= a_rows; i += tile) {
    size_t j = 0;
    for (; j + 2 <= b_rows; j += 2)
      dots_tile(tile, 2, a + i * stride, b + j * stride, stride, count, out + i * out_stride + j, out_stride);
    if (j < b_rows)
      dots_tile(tile, 1, a + i * stride, b + j * stride, stride, count, out + i * out_stride + j, out_stride);
  }
  for (; i < a_rows; i++) {
    size_t j = 0;
    for (; j + 2 <= b_rows; j += 2)
      dots_tile(1, 2, a + i * stride, b + j * stride, stride, count, out + i * out_stride + j, out_stride);
    if (j < b_rows)
      dots_tile(1, 1, a + i * stride, b + j * stride, stride, count, out + i * out_stride + j, out_stride);
  }
}

/// `rows` rows of 8 * `columns` sums, both constants.
LINNET_ALGEBRA_INLINE void sums_tile(
    const size_t rows, const size_t columns, const float *factors, size_t factors_stride, const float *vectors,
    size_t vectors_stride, size_t terms, float *out, size_t out_stride) {
  eight sums[MOST_ROWS][MOST_COLUMNS] = {0};
  for (size_t k = 0; k < terms; k++) {
    eight y[MOST_COLUMNS];
    LINNET_ALGEBRA_UNROLL for (size_t j = 0; j < columns; j++)
      y[j] = *(const eight_anywhere *)(vectors + k * vectors_stride + 8 * j);
    LINNET_ALGEBRA_UNROLL for (size_t i = 0; i < rows; i++) {
      const float x = factors[i * factors_stride + k];
      LINNET_ALGEBRA_UNROLL for (size_t j = 0; j < columns; j++) sums[i][j] += x * y[j];
    }
  }
  LINNET_ALGEBRA_UNROLL for (size_t i = 0; i < rows; i++) {
    LINNET_ALGEBRA_UNROLL for (size_t j = 0; j < columns; j++)
      *(eight_anywhere *)(out + i * out_stride + 8 * j) = sums[i][j];
  }
}

LINNET_ALGEBRA_INLINE void sums_rows(
    const size_t rows, const float *factors, size_t factors_stride, const float *vectors, size_t vectors_stride,
    size_t terms, size_t width, float *out, size_t out_stride) {
  size_t j = 0;
  for (; j + 16 <= width; j += 16)
    sums_tile(rows, 2, factors, factors_stride, vectors + j, vectors_stride, terms, out + j, out_stride);
  if (j < width)
    sums_tile(rows, 1, factors, factors_stride, vectors + j, vectors_stride, terms, out + j, out_stride);
}

/// `tile` rows at a time, a constant; what is left one by one.
LINNET_ALGEBRA_INLINE void sums(
    const size_t tile, const float *factors, size_t factors_stride, size_t rows, const float *vectors,
    size_t vectors_stride, size_t terms, size_t width, float *out, size_t out_stride) {
  size_t i = 0;
  for (; i + tile <= rows; i += tile)
    sums_rows(
        tile, factors + i * factors_stride, factors_stride, vectors, vectors_stride, terms, width,
        out + i * out_stride, out_stride);
  for (; i < rows; i++)
    sums_rows(
        1, factors + i * factors_stride, factors_stride, vectors, vectors_stride, terms, width, out + i * out_stride,
        out_stride);
}

#endif
