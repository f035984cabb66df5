#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)

#include "../portable/avx_codes.h"
#include "../portable/specialise.h"

/// What all tiles of a sweep share.
typedef struct sweep {
  const linnet_s8_gemm *g;
  size_t channel;
  size_t columns;
  /// The top bit of every byte: flipping it makes activations unsigned.
  __m256i flip;
  linnet_avx_range range;
  int32_t is_clamped;
} sweep;

/// One tile: `rows` rows of a times one panel of w. The loops over rows unroll completely.
INLINE void tile(const size_t rows, const sweep *s, size_t row) {
  const linnet_s8_gemm *g = s->g;
  const linnet_requantisation *q = &g->requantisation;
  const __m256i *bias = (const __m256i *)(q->biased + s->channel);
  const size_t a_stride = g->a_stride;
  const __m256i flip = s->flip;
  __m256i sums[6][2];
  UNROLL for (size_t i = 0; i < rows; i++) {
    sums[i][0] = _mm256_loadu_si256(bias);
    sums[i][1] = _mm256_loadu_si256(bias + 1);
  }
  const int8_t *w = g->w + s->channel / 16 * linnet_s8_gemm_panel_bytes(g);
  for (size_t segment = 0; segment < linnet_s8_gemm_segments(g); segment++) {
    const int8_t *a = g->segments[segment] + row * a_stride;
    const size_t groups = linnet_s8_gemm_groups(g, segment);
    for (size_t k = 0; k < groups; k++, a += 4, w += 64) {
      const __m256i low = _mm256_loadu_si256((const __m256i *)w);
      const __m256i high = _mm256_loadu_si256((const __m256i *)(w + 32));
      UNROLL for (size_t i = 0; i < rows; i++) {
        int32_t word;
        memcpy(&word, a + i * a_stride, sizeof word);
        const __m256i x = _mm256_xor_si256(_mm256_set1_epi32(word), flip);
        sums[i][0] = _mm256_dpbusd_avx_epi32(sums[i][0], x, low);
        sums[i][1] = _mm256_dpbusd_avx_epi32(sums[i][1], x, high);
      }
    }
  }
  const __m256 low_multiplier = _mm256_loadu_ps(q->multiplier + s->channel);
  const __m256 high_multiplier = _mm256_loadu_ps(q->multiplier + s->channel + 8);
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  // Two rows share packs and permutation.
  UNROLL for (size_t i = 0; i < rows; i += 2) {
    const size_t j = i + 1 < rows ? i + 1 : i;
    __m256i codes = linnet_avx_unclamped_codes(
        linnet_avx_scale(sums[i][0], low_multiplier), linnet_avx_scale(sums[i][1], high_multiplier),
        linnet_avx_scale(sums[j][0], low_multiplier), linnet_avx_scale(sums[j][1], high_multiplier), &s->range);
    if (s->is_clamped) codes = linnet_avx_clamp(codes, &s->range);
    codes = _mm256_permutevar8x32_epi32(codes, order);
    int8_t *c = g->c + (row + i) * g->c_stride + s->channel;
    linnet_avx_store_lane(c, _mm256_castsi256_si128(codes), s->columns);
    if (j > i) linnet_avx_store_lane(c + g->c_stride, _mm256_extracti128_si256(codes, 1), s->columns);
  }
}

/// As few tiles of at most six rows as cover the rows, their heights as equal as can be.
void linnet_s8_gemm_6x16c4__avxvnni(const linnet_s8_gemm *g, size_t first_row, size_t end_row, size_t channel) {
  const linnet_requantisation *q = &g->requantisation;
  sweep s = {.g = g,
             .channel = channel,
             .columns = g->n - channel < 16 ? g->n - channel : 16,
             .flip = _mm256_set1_epi8((char)0x80),
             .range = linnet_avx_range_of(q),
             .is_clamped = q->least > -128 || q->greatest < 127};
  // Hidden from the optimiser, which would else flip before it broadcasts: one instruction more for every word.
  __asm__("" : "+x"(s.flip));
  const size_t m = end_row - first_row, tiles = (m + 5) / 6;
  size_t row = first_row;
  for (size_t t = 0; t < tiles; t++) {
    const size_t height = m / tiles + (t < m % tiles);
    switch (height) {
      case 1: tile(1, &s, row); break;
      case 2: tile(2, &s, row); break;
      case 3: tile(3, &s, row); break;
      case 4: tile(4, &s, row); break;
      case 5: tile(5, &s, row); break;
      default: tile(6, &s, row);
    }
    row += height;
  }
}

#pragma clang attribute pop

#endif
