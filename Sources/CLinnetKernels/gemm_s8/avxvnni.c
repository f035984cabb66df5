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
static inline __attribute__((always_inline)) void tile(const size_t rows, size_t k_groups, const int8_t *a,
                                                       size_t a_stride, const int8_t *w, int8_t *c, size_t c_stride,
                                                       size_t columns, size_t channel,
                                                       const linnet_requantisation *q,
                                                       const linnet_avx_range *range) {
  const __m256i *bias = (const __m256i *)(q->biased + channel);
  __m256i sums[6][2];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++) {
    sums[i][0] = _mm256_loadu_si256(bias);
    sums[i][1] = _mm256_loadu_si256(bias + 1);
  }
  for (size_t k = 0; k < k_groups; k++) {
    const __m256i low = _mm256_loadu_si256((const __m256i *)(w + 64 * k));
    const __m256i high = _mm256_loadu_si256((const __m256i *)(w + 64 * k + 32));
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) {
      const __m256i x = activations(a + i * a_stride + 4 * k);
      sums[i][0] = _mm256_dpbusd_avx_epi32(sums[i][0], x, low);
      sums[i][1] = _mm256_dpbusd_avx_epi32(sums[i][1], x, high);
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
    linnet_avx_store_columns(c + i * c_stride, _mm256_permutevar8x32_epi32(codes, order), columns);
  }
}

enum { ROWS_OF_A_BLOCK = 96 };

void linnet_s8_gemm_6x16c4__avxvnni(size_t m, size_t n, size_t k_groups, const int8_t *a, size_t a_stride,
                                    const int8_t *w, int8_t *c, size_t c_stride,
                                    const linnet_requantisation *requantisation) {
  const linnet_avx_range range = linnet_avx_range_of(requantisation);
  for (size_t start = 0; start < m; start += ROWS_OF_A_BLOCK) {
    const size_t end = m - start < ROWS_OF_A_BLOCK ? m : start + ROWS_OF_A_BLOCK;
    for (size_t channel = 0; channel < n; channel += 16) {
      const size_t columns = n - channel < 16 ? n - channel : 16;
      const int8_t *panel = w + channel * 4 * k_groups;
      size_t row = start;
      for (; row + 6 <= end; row += 6) {
        tile(6, k_groups, a + row * a_stride, a_stride, panel, c + row * c_stride + channel, c_stride, columns,
             channel, requantisation, &range);
      }
      for (; row < end; row++) {
        tile(1, k_groups, a + row * a_stride, a_stride, panel, c + row * c_stride + channel, c_stride, columns,
             channel, requantisation, &range);
      }
    }
  }
}

#pragma clang attribute pop

#endif
