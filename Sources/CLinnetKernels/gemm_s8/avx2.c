#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#include "../portable/avx_codes.h"

/// Four groups of bytes of one row that a block of magnitudes holds at most.
enum { SLICE_GROUPS = 256 };

/// The magnitudes of a slice of a tile's rows, the operand that `pmaddubsw` wants unsigned.
typedef struct magnitudes {
  _Alignas(32) int8_t rows[4][4 * SLICE_GROUPS + 32];
} magnitudes;

static inline __attribute__((always_inline)) void take_magnitudes(const size_t rows, const int8_t *a, size_t a_stride,
                                                                  size_t groups, magnitudes *into) {
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++) {
    for (size_t at = 0; at < 4 * groups; at += 32) {
      const __m256i bytes = _mm256_loadu_si256((const __m256i *)(a + i * a_stride + at));
      _mm256_store_si256((__m256i *)(into->rows[i] + at), _mm256_abs_epi8(bytes));
    }
  }
}

/// Four bytes, in every 32-bit lane.
static inline __m256i broadcast(const int8_t *bytes) {
  int32_t word;
  memcpy(&word, bytes, sizeof word);
  return _mm256_set1_epi32(word);
}

/// sums + Σ x · w over the four bytes of each lane: |x| · (±w) in pairs, which fit 16 bits, then the pairs.
static inline __m256i accumulate(__m256i sums, __m256i x, __m256i magnitude, __m256i w) {
  const __m256i pairs = _mm256_maddubs_epi16(magnitude, _mm256_sign_epi8(w, x));
  return _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

/// `rows` rows times `vectors` vectors of eight channels, of which `columns` are written. The loops over both unroll
/// completely. A lone row fetches the weights `ahead` bytes further on as it goes.
static inline __attribute__((always_inline)) void tile(const size_t rows, const size_t vectors,
                                                       const linnet_s8_gemm *g, size_t row, size_t channel,
                                                       size_t columns, size_t ahead, const linnet_avx_range *range) {
  const linnet_requantisation *q = &g->requantisation;
  const size_t panel_bytes = linnet_s8_gemm_panel_bytes(g);
  __m256i sums[4][4];
#pragma clang loop unroll(full)
  for (size_t j = 0; j < vectors; j++) {
    const __m256i bias = _mm256_loadu_si256((const __m256i *)(q->bias + channel + 8 * j));
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) sums[i][j] = bias;
  }
  const int8_t *w = g->w + channel / 16 * panel_bytes;
  for (size_t segment = 0; segment < linnet_s8_gemm_segments(g); segment++) {
    const int8_t *a = g->segments[segment] + row * g->a_stride;
    for (size_t left = linnet_s8_gemm_groups(g, segment); left > 0;) {
      const size_t groups = left < SLICE_GROUPS ? left : SLICE_GROUPS;
      magnitudes slice;
      take_magnitudes(rows, a, g->a_stride, groups, &slice);
      for (size_t k = 0; k < groups; k++, a += 4, w += 64) {
        __m256i weights[4];
#pragma clang loop unroll(full)
        for (size_t j = 0; j < vectors; j++) {
          if (rows == 1 && j % 2 == 0) _mm_prefetch(w + j / 2 * panel_bytes + ahead, _MM_HINT_T1);
          weights[j] = _mm256_loadu_si256((const __m256i *)(w + j / 2 * panel_bytes + j % 2 * 32));
        }
#pragma clang loop unroll(full)
        for (size_t i = 0; i < rows; i++) {
          const __m256i x = broadcast(a + i * g->a_stride), magnitude = broadcast(slice.rows[i] + 4 * k);
#pragma clang loop unroll(full)
          for (size_t j = 0; j < vectors; j++) sums[i][j] = accumulate(sums[i][j], x, magnitude, weights[j]);
        }
      }
      left -= groups;
    }
  }
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++) {
    __m256i scaled[4];
#pragma clang loop unroll(full)
    for (size_t j = 0; j < 4; j++) {
      scaled[j] = j < vectors ? linnet_avx_scale(sums[i][j], _mm256_loadu_ps(q->multiplier + channel + 8 * j))
                              : _mm256_setzero_si256();
    }
    const __m256i codes = linnet_avx_interleaved_codes(scaled[0], scaled[1], scaled[2], scaled[3], range);
    linnet_avx_store_columns(g->c + (row + i) * g->c_stride + channel, _mm256_permutevar8x32_epi32(codes, order),
                             columns);
  }
}

/// Bytes of the weights of the group of `panels` panels after the one at `channel`, or 0 after the last.
static inline size_t next_group_bytes(const linnet_s8_gemm *g, size_t channel, size_t panels) {
  const size_t first = channel / 16 + panels, end = (g->n + 15) / 16;
  return first >= end ? 0 : (end - first < panels ? end - first : panels) * linnet_s8_gemm_panel_bytes(g);
}

/// Tiles of `rows`, the last one overlapping its neighbour; fewer rows than a tile one by one. Meanwhile the weights of
/// the next group of channels are fetched into the second-level cache, a share with every tile.
static inline __attribute__((always_inline)) void sweep(const size_t rows, const size_t vectors,
                                                        const linnet_s8_gemm *g, size_t first_row, size_t end_row,
                                                        size_t channel, size_t columns) {
  const linnet_avx_range range = linnet_avx_range_of(&g->requantisation);
  const size_t panels = (vectors + 1) / 2, panel_bytes = linnet_s8_gemm_panel_bytes(g);
  const size_t fetched = next_group_bytes(g, channel, panels);
  if (end_row - first_row < rows) {
    const size_t ahead = fetched == panels * panel_bytes ? fetched : 0;
    for (size_t row = first_row; row < end_row; row++) tile(1, vectors, g, row, channel, columns, ahead, &range);
    return;
  }
  const int8_t *next = g->w + (channel / 16 + panels) * panel_bytes, *end = next + fetched;
  const size_t share = fetched * rows / (end_row - first_row) / 64 + 1;
  for (size_t row = first_row; row < end_row; row += rows) {
    for (size_t i = 0; i < share && next < end; i++, next += 64) _mm_prefetch(next, _MM_HINT_T1);
    tile(rows, vectors, g, row + rows <= end_row ? row : end_row - rows, channel, columns, 0, &range);
  }
}

void linnet_s8_gemm_4x16c4__avx2(const linnet_s8_gemm *g, size_t first_row, size_t end_row, size_t channel) {
  const size_t columns = g->n - channel < 16 ? g->n - channel : 16;
  if (columns <= 8) {
    sweep(4, 1, g, first_row, end_row, channel, columns);
  } else {
    sweep(4, 2, g, first_row, end_row, channel, columns);
  }
}

void linnet_s8_gemm_2x32c4__avx2(const linnet_s8_gemm *g, size_t first_row, size_t end_row, size_t channel) {
  const size_t columns = g->n - channel < 32 ? g->n - channel : 32;
  if (columns <= 24) {
    sweep(2, 3, g, first_row, end_row, channel, columns);
  } else {
    sweep(2, 4, g, first_row, end_row, channel, columns);
  }
}

#pragma clang attribute pop

#endif
