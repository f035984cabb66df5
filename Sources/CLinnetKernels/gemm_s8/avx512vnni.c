#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))), apply_to = function)

#include "../portable/avx512_requantise.h"

/// Four activation bytes of one row, made unsigned, in every lane.
static inline __m512i activations(const int8_t *a) {
  int32_t word;
  memcpy(&word, a, sizeof word);
  return _mm512_xor_si512(_mm512_set1_epi32(word), _mm512_set1_epi8((char)0x80));
}

/// One tile: `rows` rows of a times `panels` panels of w. The loops over both unroll completely.
static inline __attribute__((always_inline)) void tile(const size_t rows, const size_t panels, size_t k_groups,
                                                       const int8_t *a, size_t a_stride, const int8_t *w,
                                                       int8_t *c, size_t c_stride, size_t columns, size_t channel,
                                                       const linnet_requantisation *q,
                                                       const linnet_avx512_range *range) {
  const size_t panel_bytes = k_groups * 64;
  __m512i sums[12][4];
#pragma clang loop unroll(full)
  for (size_t j = 0; j < panels; j++) {
    const __m512i bias = _mm512_loadu_si512(q->biased + channel + 16 * j);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) sums[i][j] = bias;
  }
  for (size_t k = 0; k < k_groups; k++) {
    __m512i weights[4];
#pragma clang loop unroll(full)
    for (size_t j = 0; j < panels; j++) weights[j] = _mm512_loadu_si512(w + j * panel_bytes + k * 64);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) {
      const __m512i x = activations(a + i * a_stride + 4 * k);
#pragma clang loop unroll(full)
      for (size_t j = 0; j < panels; j++) sums[i][j] = _mm512_dpbusd_epi32(sums[i][j], x, weights[j]);
    }
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++) {
    __m512i scaled[4];
#pragma clang loop unroll(full)
    for (size_t j = 0; j < 4; j++) {
      scaled[j] = j < panels ? linnet_avx512_scale(sums[i][j], q->multiplier + channel + 16 * j)
                             : _mm512_setzero_si512();
    }
    linnet_avx512_store_columns(c + i * c_stride, linnet_avx512_codes(scaled, range), columns);
  }
}

/// All rows for one group of panels: tiles of `rows`, the last one overlapping its neighbour.
static inline __attribute__((always_inline)) void sweep(const size_t rows, const size_t panels, size_t m,
                                                        size_t k_groups, const int8_t *a, size_t a_stride,
                                                        const int8_t *w, int8_t *c, size_t c_stride, size_t columns,
                                                        size_t channel, const linnet_requantisation *q,
                                                        const linnet_avx512_range *range) {
  if (m < rows) {
    for (size_t i = 0; i < m; i++) {
      tile(1, panels, k_groups, a + i * a_stride, a_stride, w, c + i * c_stride, c_stride, columns, channel, q, range);
    }
    return;
  }
  for (size_t i = 0; i < m; i += rows) {
    const size_t first = i + rows <= m ? i : m - rows;
    tile(rows, panels, k_groups, a + first * a_stride, a_stride, w, c + first * c_stride, c_stride, columns, channel,
         q, range);
  }
}

/// Panels of the next group when `left` remain: four, but never a lone last one where two groups can share.
static inline size_t group_of(size_t left) { return left == 5 || left == 6 ? 3 : left < 4 ? left : 4; }

/// Rows that go through all panels before the next rows do: a block of a that stays in the first-level cache.
static inline size_t block_of(size_t k_groups) {
  const size_t rows = 24576 / (4 * k_groups) / 12 * 12;
  return rows < 48 ? 48 : rows;
}

void linnet_s8_gemm_6x64c4__avx512vnni(size_t m, size_t n, size_t k_groups, const int8_t *a, size_t a_stride,
                                       const int8_t *w, int8_t *c, size_t c_stride,
                                       const linnet_requantisation *requantisation) {
  const linnet_avx512_range range = linnet_avx512_range_of(requantisation);
  const size_t block = block_of(k_groups);
  for (size_t start = 0; start < m; start += block) {
    // A remainder too small for a tile of its own joins the block before it.
    const size_t rows = m - start < block + 12 ? m - start : block;
    const int8_t *block_a = a + start * a_stride;
    size_t left = (n + 15) / 16;
    for (size_t channel = 0; channel < n;) {
      const size_t panels = group_of(left);
      const size_t columns = n - channel < 16 * panels ? n - channel : 16 * panels;
      const int8_t *group_w = w + channel * 4 * k_groups;
      int8_t *block_c = c + start * c_stride + channel;
      switch (panels) {
        case 4:
          sweep(6, 4, rows, k_groups, block_a, a_stride, group_w, block_c, c_stride, columns, channel, requantisation,
                &range);
          break;
        case 3:
          sweep(8, 3, rows, k_groups, block_a, a_stride, group_w, block_c, c_stride, columns, channel, requantisation,
                &range);
          break;
        case 2:
          sweep(12, 2, rows, k_groups, block_a, a_stride, group_w, block_c, c_stride, columns, channel, requantisation,
                &range);
          break;
        default:
          sweep(12, 1, rows, k_groups, block_a, a_stride, group_w, block_c, c_stride, columns, channel, requantisation,
                &range);
      }
      channel += 16 * panels;
      left -= panels;
    }
    if (rows > block) break;
  }
}

#pragma clang attribute pop

#endif
