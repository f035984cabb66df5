#include <math.h>

#include "linnet_kernels.h"

/// Channels whose sums stay in registers, and positions whose squares fit 32 bits.
enum { CHANNELS_OF_A_BLOCK = 16, POSITIONS_OF_A_BLOCK = 65536 };

/// The sums of one block; `channels` is a constant where it is called.
static inline __attribute__((always_inline)) void add_block(size_t positions, size_t channels, size_t stride, const int8_t *x,
                                                            int64_t *sums, int64_t *squares) {
  int32_t short_sums[CHANNELS_OF_A_BLOCK] = {0};
  int32_t short_squares[CHANNELS_OF_A_BLOCK] = {0};
  for (size_t p = 0; p < positions; p++) {
    for (size_t i = 0; i < channels; i++) {
      const int16_t code = x[p * stride + i];
      short_sums[i] += code;
      short_squares[i] += (int16_t)(code * code);
    }
  }
  for (size_t i = 0; i < channels; i++) {
    sums[i] += short_sums[i];
    squares[i] += short_squares[i];
  }
}

void linnet_s8_statistics(size_t positions, size_t channels, size_t stride, const int8_t *x, int32_t zero_point,
                          float scale, float *means, float *deviations) {
  const float mean_factor = scale / (float)positions;
  const double deviation_factor = (double)scale / (double)positions;
  for (size_t c = 0; c < channels; c += CHANNELS_OF_A_BLOCK) {
    const size_t count = channels - c < CHANNELS_OF_A_BLOCK ? channels - c : CHANNELS_OF_A_BLOCK;
    int64_t sums[CHANNELS_OF_A_BLOCK] = {0};
    int64_t squares[CHANNELS_OF_A_BLOCK] = {0};
    for (size_t first = 0; first < positions; first += POSITIONS_OF_A_BLOCK) {
      const size_t left = positions - first;
      const size_t height = left < POSITIONS_OF_A_BLOCK ? left : POSITIONS_OF_A_BLOCK;
      const int8_t *block = x + first * stride + c;
      if (count == CHANNELS_OF_A_BLOCK) {
        add_block(height, CHANNELS_OF_A_BLOCK, stride, block, sums, squares);
      } else {
        add_block(height, count, stride, block, sums, squares);
      }
    }
    for (size_t i = 0; i < count; i++) {
      const int64_t n = (int64_t)positions;
      means[c + i] = (float)(int32_t)(sums[i] - n * zero_point) * mean_factor;
      deviations[c + i] = (float)(sqrt((double)(n * squares[i] - sums[i] * sums[i])) * deviation_factor);
    }
  }
}
