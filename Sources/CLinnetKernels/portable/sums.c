#include <stdbool.h>
#include <string.h>

#include "requantise.h"

/// 16-bit sums of so many codes cannot overflow; channels of a block are summed in registers.
enum { POSITIONS_OF_A_BLOCK = 256, CHANNELS_OF_A_BLOCK = 32 };

void linnet_s8_sum_positions(size_t positions, size_t channels, size_t stride, const int8_t *x, int32_t *sums) {
  memset(sums, 0, channels * sizeof *sums);
  for (size_t first = 0; first < positions; first += POSITIONS_OF_A_BLOCK) {
    const size_t left = positions - first;
    const size_t count = left < POSITIONS_OF_A_BLOCK ? left : POSITIONS_OF_A_BLOCK;
    const int8_t *block = x + first * stride;
    size_t c = 0;
    for (; c + CHANNELS_OF_A_BLOCK <= channels; c += CHANNELS_OF_A_BLOCK) {
      int16_t short_sums[CHANNELS_OF_A_BLOCK] = {0};
      for (size_t p = 0; p < count; p++) {
        for (size_t i = 0; i < CHANNELS_OF_A_BLOCK; i++) short_sums[i] += block[p * stride + c + i];
      }
      for (size_t i = 0; i < CHANNELS_OF_A_BLOCK; i++) sums[c + i] += short_sums[i];
    }
    for (; c < channels; c++) {
      for (size_t p = 0; p < count; p++) sums[c] += block[p * stride + c];
    }
  }
}

void linnet_s8_requantise_sums(size_t count, const int32_t *sums, int32_t offset, float factor, int32_t zero_point,
                               int32_t least, int32_t greatest, int8_t *y) {
  for (size_t i = 0; i < count; i++) {
    const float scaled = (float)(sums[i] - offset) * factor;
    y[i] = (int8_t)linnet_clamp((int32_t)lrintf(scaled + (float)zero_point), least, greatest);
  }
}

void linnet_f32_scale_sums(size_t count, const int32_t *sums, int32_t offset, float factor, float *y) {
  for (size_t i = 0; i < count; i++) y[i] = (float)(sums[i] - offset) * factor;
}

void linnet_s8_requantise(size_t rows, size_t channels, const int8_t *x, size_t x_stride, int32_t zero_x, float factor,
                          int32_t zero_y, int8_t *y, size_t y_stride) {
  const bool fixed_point = factor >= 0x1p-8f && factor <= 0x1p7f;
  const int32_t multiplier = fixed_point ? (int32_t)lrintf(factor * 256) : 0;
  for (size_t row = 0; row < rows; row++) {
    for (size_t c = 0; c < channels; c++) {
      const int32_t centred = x[row * x_stride + c] - zero_x;
      y[row * y_stride + c] =
          fixed_point ? (int8_t)linnet_clamp((256 * zero_y + 128 + multiplier * centred) >> 8, -128, 127)
                      : linnet_scale_to_code(centred, factor, zero_y, -128, 127);
    }
  }
}
