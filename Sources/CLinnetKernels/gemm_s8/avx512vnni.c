#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))), apply_to = function)

#include "../portable/avx512_requantise.h"

#define INLINE static inline __attribute__((always_inline))

/// What all tiles of a sweep share.
typedef struct sweep {
  const linnet_s8_gemm *g;
  size_t channel;
  size_t columns;
  /// The top bit of every byte: flipping it makes activations unsigned.
  __m512i flip;
  linnet_avx512_range range;
  int32_t is_clamped;
} sweep;

/// Sixty-four codes of `rows` rows of a group, the first `columns` of each row in place `panels` · 16 bytes apart.
INLINE void store_group(const size_t rows, const size_t panels, size_t columns, __m512i codes, int8_t *c,
                        size_t c_stride) {
  if (panels > 2) {
    linnet_avx512_store_columns(c, codes, columns);
  } else if (panels == 2) {
    const __mmask32 mask = columns < 32 ? ((__mmask32)1 << columns) - 1 : ~(__mmask32)0;
    _mm256_mask_storeu_epi8(c, mask, _mm512_castsi512_si256(codes));
    if (rows > 1) _mm256_mask_storeu_epi8(c + c_stride, mask, _mm512_extracti64x4_epi64(codes, 1));
  } else {
    const __mmask16 mask = (__mmask16)(((uint32_t)1 << columns) - 1);
    _mm_mask_storeu_epi8(c, mask, _mm512_castsi512_si128(codes));
    if (rows > 1) _mm_mask_storeu_epi8(c + c_stride, mask, _mm512_extracti32x4_epi32(codes, 1));
    if (rows > 2) _mm_mask_storeu_epi8(c + 2 * c_stride, mask, _mm512_extracti32x4_epi32(codes, 2));
    if (rows > 3) _mm_mask_storeu_epi8(c + 3 * c_stride, mask, _mm512_extracti32x4_epi32(codes, 3));
  }
}

/// One tile: `rows` rows of a times `panels` panels of w. The loops over both unroll completely.
INLINE void tile(const size_t rows, const size_t panels, const sweep *s, size_t row) {
  const linnet_s8_gemm *g = s->g;
  const linnet_requantisation *q = &g->requantisation;
  const size_t panel_bytes = g->segment_count * g->segment_groups * 64;
  const size_t a_stride = g->a_stride;
  const __m512i flip = s->flip;
  __m512i sums[12][4];
#pragma clang loop unroll(full)
  for (size_t j = 0; j < panels; j++) {
    const __m512i bias = _mm512_loadu_si512(q->biased + s->channel + 16 * j);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) sums[i][j] = bias;
  }
  const int8_t *w = g->w + s->channel / 16 * panel_bytes;
  for (size_t segment = 0; segment < g->segment_count; segment++) {
    const int8_t *a = g->segments[segment] + row * a_stride;
    for (size_t k = 0; k < g->segment_groups; k++, a += 4, w += 64) {
      __m512i weights[4];
#pragma clang loop unroll(full)
      for (size_t j = 0; j < panels; j++) weights[j] = _mm512_loadu_si512(w + j * panel_bytes);
#pragma clang loop unroll(full)
      for (size_t i = 0; i < rows; i++) {
        int32_t word;
        memcpy(&word, a + i * a_stride, sizeof word);
        const __m512i x = _mm512_xor_si512(_mm512_set1_epi32(word), flip);
#pragma clang loop unroll(full)
        for (size_t j = 0; j < panels; j++) sums[i][j] = _mm512_dpbusd_epi32(sums[i][j], x, weights[j]);
      }
    }
  }
  // The codes of 4 / panels rows fill a vector.
  const size_t group = panels == 1 ? 4 : panels == 2 ? 2 : 1;
  __m512i codes[12];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i += group) {
    __m512i scaled[4];
#pragma clang loop unroll(full)
    for (size_t j = 0; j < 4; j++) {
      const size_t r = i + j / panels % group;
      scaled[j] = j < group * panels && r < rows
                      ? linnet_avx512_scale(sums[r][j % panels], q->multiplier + s->channel + j % panels * 16)
                      : _mm512_setzero_si512();
    }
    codes[i / group] = linnet_avx512_codes(scaled, &s->range);
  }
  if (s->is_clamped) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i += group) codes[i / group] = linnet_avx512_clamp(codes[i / group], &s->range);
  }
  int8_t *c = g->c + row * g->c_stride + s->channel;
  if (s->columns == panels * 16) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i += group) {
      store_group(rows - i, panels, panels * 16, codes[i / group], c + i * g->c_stride, g->c_stride);
    }
  } else {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i += group) {
      store_group(rows - i, panels, s->columns, codes[i / group], c + i * g->c_stride, g->c_stride);
    }
  }
}

/// A tile of `height` rows, 1…12.
INLINE void tile_of(size_t height, const size_t most, const size_t panels, const sweep *s, size_t row) {
#define LINNET_HEIGHT(rows)                            \
  case rows:                                           \
    if (rows <= most) tile(rows, panels, s, row); \
    break;
  switch (height) {
    LINNET_HEIGHT(1)
    LINNET_HEIGHT(2)
    LINNET_HEIGHT(3)
    LINNET_HEIGHT(4)
    LINNET_HEIGHT(5)
    LINNET_HEIGHT(6)
    LINNET_HEIGHT(7)
    LINNET_HEIGHT(8)
    LINNET_HEIGHT(9)
    LINNET_HEIGHT(10)
    LINNET_HEIGHT(11)
    LINNET_HEIGHT(12)
  }
#undef LINNET_HEIGHT
}

/// As few tiles of at most `most` rows as cover the rows, their heights as equal as can be.
INLINE void sweep_rows(const size_t most, const size_t panels, const linnet_s8_gemm *g, size_t first_row,
                       size_t end_row, size_t channel) {
  const linnet_requantisation *q = &g->requantisation;
  sweep s = {.g = g,
             .channel = channel,
             .columns = g->n - channel < 16 * panels ? g->n - channel : 16 * panels,
             .flip = _mm512_set1_epi8((char)0x80),
             .range = linnet_avx512_range_of(q),
             .is_clamped = q->least > -128 || q->greatest < 127};
  // Hidden from the optimiser, which would else flip before it broadcasts: two instructions more for every word.
  __asm__("" : "+v"(s.flip));
  const size_t m = end_row - first_row, tiles = (m + most - 1) / most;
  const size_t height = m / tiles, higher = m % tiles;
  size_t row = first_row;
  for (size_t t = 0; t < higher; t++, row += height + 1) tile_of(height + 1, most, panels, &s, row);
  for (size_t t = higher; t < tiles; t++, row += height) tile_of(height, most, panels, &s, row);
}

#define LINNET_DEFINE_GEMM(rows, panels, columns)                                                                   \
  void linnet_s8_gemm_##rows##x##columns##c4__avx512vnni(const linnet_s8_gemm *g, size_t first_row, size_t end_row, \
                                                         size_t channel) {                                          \
    sweep_rows(rows, panels, g, first_row, end_row, channel);                                                            \
  }
LINNET_DEFINE_GEMM(12, 1, 16)
LINNET_DEFINE_GEMM(12, 2, 32)
LINNET_DEFINE_GEMM(8, 3, 48)
LINNET_DEFINE_GEMM(6, 4, 64)

#pragma clang attribute pop

#endif
