#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#include "../portable/avx2_requantise.h"

/// Four activation bytes of one row, widened, in every 64-bit lane.
static inline __m256i activations(const int8_t *a) {
  int32_t word;
  memcpy(&word, a, sizeof word);
  return _mm256_cvtepi8_epi16(_mm_set1_epi32(word));
}

/// `rows` rows of a times one panel of w. The loops over rows and parts unroll completely.
static inline __attribute__((always_inline)) void tile(const size_t rows, const linnet_s8_gemm *g, size_t row,
                                                       size_t channel, size_t columns) {
  linnet_avx2_pairs sums[3];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
    for (int part = 0; part < 4; part++) sums[i].part[part] = _mm256_setzero_si256();
  }
  const int8_t *w = g->w + channel * 4 * g->segment_count * g->segment_groups;
  for (size_t segment = 0; segment < g->segment_count; segment++) {
    const int8_t *a = g->segments[segment] + row * g->a_stride;
    for (size_t k = 0; k < g->segment_groups; k++, a += 4, w += 64) {
      __m256i x[3];
#pragma clang loop unroll(full)
      for (size_t i = 0; i < rows; i++) x[i] = activations(a + i * g->a_stride);
#pragma clang loop unroll(full)
      for (int part = 0; part < 4; part++) {
        const __m256i weights = linnet_avx2_widen(w + 16 * part);
#pragma clang loop unroll(full)
        for (size_t i = 0; i < rows; i++) linnet_avx2_accumulate(&sums[i], part, x[i], weights);
      }
    }
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++) {
    linnet_avx2_store(&sums[i], channel, &g->requantisation, g->c + (row + i) * g->c_stride + channel, columns);
  }
}

void linnet_s8_gemm_3x16c4__avx2(const linnet_s8_gemm *g, size_t first_row, size_t end_row, size_t channel) {
  const size_t columns = g->n - channel < 16 ? g->n - channel : 16;
  size_t row = first_row;
  for (; row + 3 <= end_row; row += 3) tile(3, g, row, channel, columns);
  for (; row < end_row; row++) tile(1, g, row, channel, columns);
}

#pragma clang attribute pop

#endif
