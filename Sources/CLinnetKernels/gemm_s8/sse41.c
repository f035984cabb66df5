#if defined(__x86_64__)

#include <smmintrin.h>
#include <string.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("sse4.1"))), apply_to = function)

#include "../portable/sse41_requantise.h"

/// Four activation bytes of one row, widened, in both halves.
static inline __m128i activations(const int8_t *a) {
  int32_t word;
  memcpy(&word, a, sizeof word);
  return _mm_cvtepi8_epi16(_mm_set1_epi32(word));
}

/// `rows` rows of a times eight channels: half a panel. The loops over rows and parts unroll completely.
static inline __attribute__((always_inline)) void tile(const size_t rows, size_t k_groups, const int8_t *a,
                                                       size_t a_stride, const int8_t *w, int8_t *c, size_t c_stride,
                                                       size_t columns, size_t channel,
                                                       const linnet_requantisation *q) {
  linnet_sse41_pairs sums[2];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
    for (int part = 0; part < 4; part++) sums[i].part[part] = _mm_setzero_si128();
  }
  for (size_t k = 0; k < k_groups; k++) {
    __m128i x[2];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) x[i] = activations(a + i * a_stride + 4 * k);
#pragma clang loop unroll(full)
    for (int part = 0; part < 4; part++) {
      const __m128i weights = linnet_sse41_widen(w + 64 * k + 8 * part);
#pragma clang loop unroll(full)
      for (size_t i = 0; i < rows; i++) linnet_sse41_accumulate(&sums[i], part, x[i], weights);
    }
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++) linnet_sse41_store(&sums[i], channel, q, c + i * c_stride, columns);
}

enum { ROWS_OF_A_BLOCK = 96 };

void linnet_s8_gemm_2x8c4__sse41(size_t m, size_t n, size_t k_groups, const int8_t *a, size_t a_stride,
                                 const int8_t *w, int8_t *c, size_t c_stride,
                                 const linnet_requantisation *requantisation) {
  for (size_t start = 0; start < m; start += ROWS_OF_A_BLOCK) {
    const size_t end = m - start < ROWS_OF_A_BLOCK ? m : start + ROWS_OF_A_BLOCK;
    for (size_t channel = 0; channel < n; channel += 8) {
      const size_t columns = n - channel < 8 ? n - channel : 8;
      const int8_t *half = w + channel / 16 * 64 * k_groups + channel % 16 * 4;
      size_t row = start;
      for (; row + 2 <= end; row += 2) {
        tile(2, k_groups, a + row * a_stride, a_stride, half, c + row * c_stride + channel, c_stride, columns,
             channel, requantisation);
      }
      for (; row < end; row++) {
        tile(1, k_groups, a + row * a_stride, a_stride, half, c + row * c_stride + channel, c_stride, columns,
             channel, requantisation);
      }
    }
  }
}

#pragma clang attribute pop

#endif
