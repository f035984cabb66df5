#if defined(__x86_64__)

#include <smmintrin.h>
#include <string.h>
#include <tmmintrin.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("sse4.1"))), apply_to = function)

#include "../portable/sse41_codes.h"

/// Four bytes, in every 32-bit lane.
static inline __m128i broadcast(const int8_t *bytes) {
  int32_t word;
  memcpy(&word, bytes, sizeof word);
  return _mm_set1_epi32(word);
}

/// sums + Σ x · w over the four bytes of each lane: |x| · (±w) in pairs, which fit 16 bits, then the pairs.
static inline __m128i accumulate(__m128i sums, __m128i x, __m128i magnitude, __m128i w) {
  const __m128i pairs = _mm_maddubs_epi16(magnitude, _mm_sign_epi8(w, x));
  return _mm_add_epi32(sums, _mm_madd_epi16(pairs, _mm_set1_epi16(1)));
}

/// `rows` rows times `vectors` vectors of four channels, of which `columns` channels are written. The loops over both
/// unroll completely.
static inline __attribute__((always_inline)) void tile(const size_t rows, const size_t vectors,
                                                       const linnet_s8_gemm *g, size_t row, size_t channel,
                                                       size_t columns, const linnet_sse41_range *range) {
  const linnet_requantisation *q = &g->requantisation;
  const size_t panel_bytes = linnet_s8_gemm_panel_bytes(g);
  __m128i sums[2][8];
#pragma clang loop unroll(full)
  for (size_t j = 0; j < vectors; j++) {
    const __m128i bias = _mm_loadu_si128((const __m128i *)(q->bias + channel + 4 * j));
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) sums[i][j] = bias;
  }
  const int8_t *w = g->w + channel / 16 * panel_bytes;
  for (size_t segment = 0; segment < linnet_s8_gemm_segments(g); segment++) {
    const int8_t *a = g->segments[segment] + row * g->a_stride;
    const size_t groups = linnet_s8_gemm_groups(g, segment);
    for (size_t k = 0; k < groups; k++, a += 4, w += 64) {
#pragma clang loop unroll(full)
      for (size_t i = 0; i < rows; i++) {
        const __m128i x = broadcast(a + i * g->a_stride), magnitude = _mm_abs_epi8(x);
#pragma clang loop unroll(full)
        for (size_t j = 0; j < vectors; j++) {
          const int8_t *weights = w + j / 4 * panel_bytes + j % 4 * 16;
          sums[i][j] = accumulate(sums[i][j], x, magnitude, _mm_loadu_si128((const __m128i *)weights));
        }
      }
    }
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
    for (size_t first = 0; first < vectors; first += 4) {
      __m128i scaled[4];
#pragma clang loop unroll(full)
      for (size_t j = 0; j < 4; j++) {
        scaled[j] = first + j < vectors
                        ? linnet_sse41_scale(sums[i][first + j], q->multiplier + channel + 4 * (first + j))
                        : _mm_setzero_si128();
      }
      const size_t left = columns - 4 * first;
      linnet_sse41_store_columns(g->c + (row + i) * g->c_stride + channel + 4 * first,
                                 linnet_sse41_codes(scaled, range), left < 16 ? left : 16);
    }
  }
}

/// Tiles of `rows`, the last one overlapping its neighbour; fewer rows than a tile one by one.
static inline __attribute__((always_inline)) void sweep(const size_t rows, const size_t vectors,
                                                        const linnet_s8_gemm *g, size_t first_row, size_t end_row,
                                                        size_t channel, size_t columns) {
  const linnet_sse41_range range = linnet_sse41_range_of(&g->requantisation);
  if (end_row - first_row < rows) {
    for (size_t row = first_row; row < end_row; row++) tile(1, vectors, g, row, channel, columns, &range);
    return;
  }
  for (size_t row = first_row; row < end_row; row += rows) {
    tile(rows, vectors, g, row + rows <= end_row ? row : end_row - rows, channel, columns, &range);
  }
}

void linnet_s8_gemm_2x16c4__sse41(const linnet_s8_gemm *g, size_t first_row, size_t end_row, size_t channel) {
  const size_t columns = g->n - channel < 16 ? g->n - channel : 16;
  if (columns <= 8) {
    sweep(2, 2, g, first_row, end_row, channel, columns);
  } else {
    sweep(2, 4, g, first_row, end_row, channel, columns);
  }
}

void linnet_s8_gemm_1x32c4__sse41(const linnet_s8_gemm *g, size_t first_row, size_t end_row, size_t channel) {
  const size_t columns = g->n - channel < 32 ? g->n - channel : 32;
  if (columns <= 24) {
    sweep(1, 6, g, first_row, end_row, channel, columns);
  } else {
    sweep(1, 8, g, first_row, end_row, channel, columns);
  }
}

#pragma clang attribute pop

#endif
