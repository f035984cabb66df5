/// The loops of a resize, compiled once a level; the compiler vectorises them.
#ifndef LINNET_RESAMPLE_LOOPS_H
#define LINNET_RESAMPLE_LOOPS_H

#include "CResample.h"

#include <string.h>

/// Bytes that one step sums, in registers on every instruction set.
enum { STEP = LINNET_RESAMPLE_BLOCK_BYTES };

#define LOOP __attribute__((always_inline)) static inline

LOOP uint8_t rounded(int32_t sum, int bits) {
  sum >>= bits;
  return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

/// `count` bytes of one output row; `stride` lies between input rows.
LOOP void sum_rows(
    const uint8_t *input, size_t stride, const int32_t *weights, size_t taps, uint8_t *output, size_t count) {
  int32_t sums[STEP];
  for (size_t i = 0; i < count; i++) sums[i] = 1 << (LINNET_RESAMPLE_FRACTION_BITS - 1);
  for (size_t tap = 0; tap < taps; tap++, input += stride) {
    const int32_t weight = weights[tap];
    for (size_t i = 0; i < count; i++) sums[i] += input[i] * weight;
  }
  for (size_t i = 0; i < count; i++) output[i] = rounded(sums[i], LINNET_RESAMPLE_FRACTION_BITS);
}

LOOP void down(
    const uint8_t *input, size_t stride, size_t row_bytes, const linnet_resample_axis *axis, uint8_t *output,
    size_t output_stride) {
  const size_t whole = row_bytes / STEP * STEP;
  for (size_t row = 0; row < axis->count; row++, output += output_stride) {
    const uint8_t *first = input + (size_t)axis->starts[row] * stride;
    const int32_t *weights = axis->weights + row * axis->taps;
    for (size_t x = 0; x < whole; x += STEP) {
      sum_rows(first + x, stride, weights, axis->taps, output + x, STEP);
    }
    sum_rows(first + whole, stride, weights, axis->taps, output + whole, row_bytes - whole);
  }
}

/// A block of rows is first turned so that a column's pixels lie side by side, four bytes each; then pixels across
/// are rows down.
LOOP void across(
    const uint8_t *input, size_t width, size_t rows, const linnet_resample_axis *axis, uint8_t *scratch,
    uint8_t *output) {
  uint8_t *const resized = scratch + width * STEP;
  for (size_t row = 0; row < rows; row += LINNET_RESAMPLE_BLOCK_ROWS) {
    const size_t some = rows - row < LINNET_RESAMPLE_BLOCK_ROWS ? rows - row : LINNET_RESAMPLE_BLOCK_ROWS;
    for (size_t r = 0; r < some; r++) {
      const uint8_t *from = input + 3 * width * (row + r);
      uint8_t *to = scratch + 4 * r;
      for (size_t x = 0; x + 1 < width; x++) memcpy(to + STEP * x, from + 3 * x, 4);
      memcpy(to + STEP * (width - 1), from + 3 * (width - 1), 3);
    }
    for (size_t x = 0; x < axis->count; x++) {
      sum_rows(
          scratch + STEP * (size_t)axis->starts[x], STEP, axis->weights + x * axis->taps, axis->taps,
          resized + STEP * x, STEP);
    }
    for (size_t r = 0; r < some; r++) {
      const uint8_t *from = resized + 4 * r;
      uint8_t *to = output + 3 * axis->count * (row + r);
      for (size_t x = 0; x + 1 < axis->count; x++) memcpy(to + 3 * x, from + STEP * x, 4);
      memcpy(to + 3 * (axis->count - 1), from + STEP * (axis->count - 1), 3);
    }
  }
}

#endif
