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
static inline __attribute__((always_inline)) void tile(const size_t rows, const linnet_s8_gemm *g, size_t row,
                                                       size_t channel, size_t columns) {
  linnet_sse41_pairs sums[2];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
    for (int part = 0; part < 4; part++) sums[i].part[part] = _mm_setzero_si128();
  }
  const int8_t *w = g->w + channel / 16 * g->segment_count * g->segment_groups * 64 + channel % 16 * 4;
  for (size_t segment = 0; segment < g->segment_count; segment++) {
    const int8_t *a = g->segments[segment] + row * g->a_stride;
    for (size_t k = 0; k < g->segment_groups; k++, a += 4, w += 64) {
      __m128i x[2];
#pragma clang loop unroll(full)
      for (size_t i = 0; i < rows; i++) x[i] = activations(a + i * g->a_stride);
#pragma clang loop unroll(full)
      for (int part = 0; part < 4; part++) {
        const __m128i weights = linnet_sse41_widen(w + 8 * part);
#pragma clang loop unroll(full)
        for (size_t i = 0; i < rows; i++) linnet_sse41_accumulate(&sums[i], part, x[i], weights);
      }
    }
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++) {
    linnet_sse41_store(&sums[i], channel, &g->requantisation, g->c + (row + i) * g->c_stride + channel, columns);
  }
}

void linnet_s8_gemm_2x16c4__sse41(const linnet_s8_gemm *g, size_t first_row, size_t end_row, size_t channel) {
  for (size_t half = channel; half < g->n && half < channel + 16; half += 8) {
    const size_t columns = g->n - half < 8 ? g->n - half : 8;
    size_t row = first_row;
    for (; row + 2 <= end_row; row += 2) tile(2, g, row, half, columns);
    for (; row < end_row; row++) tile(1, g, row, half, columns);
  }
}

#pragma clang attribute pop

#endif
