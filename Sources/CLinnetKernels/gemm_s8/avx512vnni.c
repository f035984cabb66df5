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
static inline __attribute__((always_inline)) void tile(const size_t rows, const size_t panels,
                                                       const linnet_s8_gemm *g, size_t row, size_t channel,
                                                       size_t columns, const linnet_avx512_range *range) {
  const linnet_requantisation *q = &g->requantisation;
  const size_t panel_bytes = g->segment_count * g->segment_groups * 64;
  __m512i sums[12][4];
#pragma clang loop unroll(full)
  for (size_t j = 0; j < panels; j++) {
    const __m512i bias = _mm512_loadu_si512(q->biased + channel + 16 * j);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) sums[i][j] = bias;
  }
  const int8_t *w = g->w + channel / 16 * panel_bytes;
  for (size_t segment = 0; segment < g->segment_count; segment++) {
    const int8_t *a = g->segments[segment] + row * g->a_stride;
    for (size_t k = 0; k < g->segment_groups; k++, a += 4, w += 64) {
      __m512i weights[4];
#pragma clang loop unroll(full)
      for (size_t j = 0; j < panels; j++) weights[j] = _mm512_loadu_si512(w + j * panel_bytes);
#pragma clang loop unroll(full)
      for (size_t i = 0; i < rows; i++) {
        const __m512i x = activations(a + i * g->a_stride);
#pragma clang loop unroll(full)
        for (size_t j = 0; j < panels; j++) sums[i][j] = _mm512_dpbusd_epi32(sums[i][j], x, weights[j]);
      }
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
    linnet_avx512_store_columns(g->c + (row + i) * g->c_stride + channel, linnet_avx512_codes(scaled, range), columns);
  }
}

/// Tiles of `rows`, the last one overlapping its neighbour; fewer rows than a tile one by one.
static inline __attribute__((always_inline)) void sweep(const size_t rows, const size_t panels,
                                                        const linnet_s8_gemm *g, size_t first_row, size_t end_row,
                                                        size_t channel) {
  const linnet_avx512_range range = linnet_avx512_range_of(&g->requantisation);
  const size_t columns = g->n - channel < 16 * panels ? g->n - channel : 16 * panels;
  if (end_row - first_row < rows) {
    for (size_t row = first_row; row < end_row; row++) tile(1, panels, g, row, channel, columns, &range);
    return;
  }
  for (size_t row = first_row; row < end_row; row += rows) {
    tile(rows, panels, g, row + rows <= end_row ? row : end_row - rows, channel, columns, &range);
  }
}

#define LINNET_DEFINE_GEMM(rows, panels, columns)                                                                   \
  void linnet_s8_gemm_##rows##x##columns##c4__avx512vnni(const linnet_s8_gemm *g, size_t first_row, size_t end_row, \
                                                         size_t channel) {                                          \
    sweep(rows, panels, g, first_row, end_row, channel);                                                            \
  }
LINNET_DEFINE_GEMM(12, 1, 16)
LINNET_DEFINE_GEMM(12, 2, 32)
LINNET_DEFINE_GEMM(8, 3, 48)
LINNET_DEFINE_GEMM(6, 4, 64)

#pragma clang attribute pop

#endif
