#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)

#include "../portable/avx_codes.h"

/// Four activation bytes of one row, made unsigned, in every lane.
static inline __m256i activations(const int8_t *a) {
  int32_t word;
  memcpy(&word, a, sizeof word);
  return _mm256_xor_si256(_mm256_set1_epi32(word), _mm256_set1_epi8((char)0x80));
}

/// `rows` rows of a times one panel of w. The loops over rows unroll completely.
static inline __attribute__((always_inline)) void tile(const size_t rows, const linnet_s8_gemm *g, size_t row,
                                                       size_t channel, size_t columns, const linnet_avx_range *range) {
  const linnet_requantisation *q = &g->requantisation;
  const __m256i *bias = (const __m256i *)(q->biased + channel);
  __m256i sums[6][2];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++) {
    sums[i][0] = _mm256_loadu_si256(bias);
    sums[i][1] = _mm256_loadu_si256(bias + 1);
  }
  const int8_t *w = g->w + channel * 4 * g->segment_count * g->segment_groups;
  for (size_t segment = 0; segment < g->segment_count; segment++) {
    const int8_t *a = g->segments[segment] + row * g->a_stride;
    for (size_t k = 0; k < g->segment_groups; k++, a += 4, w += 64) {
      const __m256i low = _mm256_loadu_si256((const __m256i *)w);
      const __m256i high = _mm256_loadu_si256((const __m256i *)(w + 32));
#pragma clang loop unroll(full)
      for (size_t i = 0; i < rows; i++) {
        const __m256i x = activations(a + i * g->a_stride);
        sums[i][0] = _mm256_dpbusd_avx_epi32(sums[i][0], x, low);
        sums[i][1] = _mm256_dpbusd_avx_epi32(sums[i][1], x, high);
      }
    }
  }
  const __m256 low_multiplier = _mm256_loadu_ps(q->multiplier + channel);
  const __m256 high_multiplier = _mm256_loadu_ps(q->multiplier + channel + 8);
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++) {
    const __m256i low = linnet_avx_scale(sums[i][0], low_multiplier);
    const __m256i high = linnet_avx_scale(sums[i][1], high_multiplier);
    const __m256i codes = linnet_avx_interleaved_codes(low, high, low, high, range);
    linnet_avx_store_columns(g->c + (row + i) * g->c_stride + channel, _mm256_permutevar8x32_epi32(codes, order),
                             columns);
  }
}

void linnet_s8_gemm_6x16c4__avxvnni(const linnet_s8_gemm *g, size_t first_row, size_t end_row, size_t channel) {
  const linnet_avx_range range = linnet_avx_range_of(&g->requantisation);
  const size_t columns = g->n - channel < 16 ? g->n - channel : 16;
  size_t row = first_row;
  for (; row + 6 <= end_row; row += 6) tile(6, g, row, channel, columns, &range);
  for (; row < end_row; row++) tile(1, g, row, channel, columns, &range);
}

#pragma clang attribute pop

#endif
