#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))), apply_to = function)

#include "../portable/avx512_requantise.h"
#include "../portable/specialise.h"

/// What all tiles of a sweep share.
typedef struct sweep {
  const linnet_s8_gemm *g;
  size_t channel;
  size_t columns;
  size_t a_stride, panel_bytes, c_stride;
  const int8_t *w;
  int8_t *c;
  /// The top bit of every byte: flipping it makes activations unsigned.
  __m512i flip;
  linnet_avx512_range range;
  int32_t is_clamped;
} sweep;

/// Sixty-four codes of `rows` rows of a group, the first `columns` of each row in place `panels` · 16 bytes apart.
INLINE void store_group(const size_t rows, const size_t panels, size_t columns, __m512i codes, int8_t *c,
                        size_t c_stride) {
  if (panels > 2) {
    _mm512_mask_storeu_epi8(c, ~(__mmask64)0 >> (64 - columns), codes);
  } else if (panels == 2) {
    const __mmask32 mask = ~(__mmask32)0 >> (32 - columns);
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

/// Sums that two tiles in flight may have each: with their weights they fill the registers.
enum { OVERLAPPED_SUMS = 12 };

/// Steps of which a group of panels stays in the first-level cache, so that short tiles may read it often.
enum { OVERLAPPED_STEPS = 40 };

/// The sums of a tile begin as biases; row i, panel j is at [i · panels + j].
INLINE void start(const size_t rows, const size_t panels, const sweep *s, __m512i *sums) {
  UNROLL for (size_t j = 0; j < panels; j++) {
    const __m512i bias = _mm512_loadu_si512(s->g->requantisation.biased + s->channel + 16 * j);
    UNROLL for (size_t i = 0; i < rows; i++) sums[i * panels + j] = bias;
  }
}

/// Adds four k of every row and panel.
INLINE void step(const size_t rows, const size_t panels, const sweep *s, __m512i *sums, const int8_t *a,
                 const int8_t *w) {
  __m512i weights[4];
  UNROLL for (size_t j = 0; j < panels; j++) weights[j] = _mm512_loadu_si512(w + j * s->panel_bytes);
  UNROLL for (size_t i = 0; i < rows; i++) {
    int32_t word;
    memcpy(&word, a + i * s->a_stride, sizeof word);
    const __m512i x = _mm512_xor_si512(_mm512_set1_epi32(word), s->flip);
    UNROLL for (size_t j = 0; j < panels; j++) {
      sums[i * panels + j] = _mm512_dpbusd_epi32(sums[i * panels + j], x, weights[j]);
    }
  }
}

/// Rows whose codes fill a vector.
INLINE size_t group_rows(size_t panels) { return panels == 1 ? 4 : panels == 2 ? 2 : 1; }

INLINE size_t groups_of(size_t rows, size_t panels) { return (rows + group_rows(panels) - 1) / group_rows(panels); }

/// Requantises and stores group `group` of a tile that begins at `row`.
INLINE void finish(const size_t rows, const size_t panels, const size_t group, const sweep *s, const __m512i *sums,
                   size_t row) {
  const size_t first = group * group_rows(panels);
  const float *multiplier = s->g->requantisation.multiplier + s->channel;
  __m512i scaled[4];
  UNROLL for (size_t j = 0; j < 4; j++) {
    const size_t i = first + j / panels;
    scaled[j] = j < group_rows(panels) * panels && i < rows
                    ? linnet_avx512_scale(sums[i * panels + j % panels], multiplier + j % panels * 16)
                    : _mm512_setzero_si512();
  }
  __m512i codes = linnet_avx512_codes(scaled, &s->range);
  if (s->is_clamped) codes = linnet_avx512_clamp(codes, &s->range);
  store_group(rows - first, panels, s->columns, codes, s->c + (row + first) * s->c_stride, s->c_stride);
}

/// `count` tiles of `rows` rows from `row` on. While a tile's first steps are summed, the tile before it is
/// requantised: the two keep different units of the core busy.
INLINE void run_overlapped(const size_t rows, const size_t panels, const sweep *s, size_t row, size_t count) {
  const linnet_s8_gemm *g = s->g;
  const size_t groups = groups_of(rows, panels);
  __m512i done[OVERLAPPED_SUMS], sums[OVERLAPPED_SUMS];
  for (size_t t = 0; t < count; t++, row += rows) {
    start(rows, panels, s, sums);
    const int8_t *w = s->w;
    for (size_t segment = 0; segment < linnet_s8_gemm_segments(g); segment++) {
      const int8_t *a = g->segments[segment] + row * s->a_stride;
      const size_t steps = linnet_s8_gemm_groups(g, segment);
      size_t k = 0;
      if (segment == 0 && t > 0) {
        UNROLL for (size_t group = 0; group < groups; group++) {
          if (k < steps) {
            step(rows, panels, s, sums, a, w);
            k++, a += 4, w += 64;
          }
          finish(rows, panels, group, s, done, row - rows);
        }
      }
      for (; k < steps; k++, a += 4, w += 64) step(rows, panels, s, sums, a, w);
    }
    UNROLL for (size_t i = 0; i < rows * panels; i++) {
      done[i] = sums[i];
      // Hidden from the optimiser, which would else convert all of them here, before the next tile's steps.
      __asm__ volatile("" : "+v"(done[i]));
    }
  }
  UNROLL for (size_t group = 0; group < groups; group++) finish(rows, panels, group, s, done, row - rows);
}

/// The same for tall tiles, one after the other.
INLINE void run(const size_t rows, const size_t panels, const sweep *s, size_t row, size_t count) {
  const linnet_s8_gemm *g = s->g;
  for (size_t t = 0; t < count; t++, row += rows) {
    __m512i sums[24];
    start(rows, panels, s, sums);
    const int8_t *w = s->w;
    for (size_t segment = 0; segment < linnet_s8_gemm_segments(g); segment++) {
      const int8_t *a = g->segments[segment] + row * s->a_stride;
      const size_t steps = linnet_s8_gemm_groups(g, segment);
      for (size_t k = 0; k < steps; k++, a += 4, w += 64) step(rows, panels, s, sums, a, w);
    }
    UNROLL for (size_t group = 0; group < groups_of(rows, panels); group++) finish(rows, panels, group, s, sums, row);
  }
}

/// Tiles of one panel and at most half of another: two rows share the vectors of the half.
///
/// The lower eight lanes of `shared` are the sums of an even row's last eight channels, the upper eight those of the
/// row after it.
INLINE void run_and_half(const size_t rows, const sweep *s, size_t row, size_t count) {
  const linnet_s8_gemm *g = s->g;
  const linnet_requantisation *q = &g->requantisation;
  const __m512i bias = _mm512_loadu_si512(q->biased + s->channel);
  const __m512i shared_bias =
      _mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i *)(q->biased + s->channel + 16)));
  const float *multiplier = q->multiplier + s->channel;
  const __m512 shared_multiplier =
      _mm512_castpd_ps(_mm512_broadcast_f64x4(_mm256_castps_pd(_mm256_loadu_ps(multiplier + 16))));
  // Of both rows: sixteen channels, then eight; the codes of the second row in the upper half.
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 2, 6, 3, 7, 1, 5, 9, 13, 10, 14, 11, 15);
  const __mmask32 columns = ~(__mmask32)0 >> (32 - s->columns);
  for (size_t t = 0; t < count; t++, row += rows) {
    __m512i sums[12], shared[6];
    UNROLL for (size_t i = 0; i < rows; i++) sums[i] = bias;
    UNROLL for (size_t i = 0; i < rows; i += 2) shared[i / 2] = shared_bias;
    const int8_t *w = s->w;
    for (size_t segment = 0; segment < linnet_s8_gemm_segments(g); segment++) {
      const int8_t *a = g->segments[segment] + row * s->a_stride;
      const size_t steps = linnet_s8_gemm_groups(g, segment);
      for (size_t k = 0; k < steps; k++, a += 4, w += 64) {
        const __m512i weights = _mm512_loadu_si512(w);
        const __m512i shared_weights =
            _mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i *)(w + s->panel_bytes)));
        __m512i x[2];
        UNROLL for (size_t i = 0; i < rows; i++) {
          int32_t word;
          memcpy(&word, a + i * s->a_stride, sizeof word);
          x[i % 2] = _mm512_xor_si512(_mm512_set1_epi32(word), s->flip);
          sums[i] = _mm512_dpbusd_epi32(sums[i], x[i % 2], weights);
          if (i % 2 == 1 || i + 1 == rows) {
            const __m512i both = _mm512_mask_blend_epi32(0xFF00, x[0], x[i % 2]);
            shared[i / 2] = _mm512_dpbusd_epi32(shared[i / 2], both, shared_weights);
          }
        }
      }
    }
    UNROLL for (size_t i = 0; i < rows; i += 2) {
      const __m512 product = _mm512_mul_ps(_mm512_cvtepi32_ps(shared[i / 2]), shared_multiplier);
      const __m512i scaled[4] = {linnet_avx512_scale(sums[i], multiplier),
                                 linnet_avx512_scale(sums[i + 1 < rows ? i + 1 : i], multiplier),
                                 _mm512_cvtps_epi32(product), _mm512_setzero_si512()};
      __m512i codes = linnet_avx512_interleaved_codes(scaled, &s->range);
      if (s->is_clamped) codes = linnet_avx512_clamp(codes, &s->range);
      codes = _mm512_permutexvar_epi32(order, codes);
      int8_t *c = s->c + (row + i) * s->c_stride;
      _mm256_mask_storeu_epi8(c, columns, _mm512_castsi512_si256(codes));
      if (i + 1 < rows) _mm256_mask_storeu_epi8(c + s->c_stride, columns, _mm512_extracti64x4_epi64(codes, 1));
    }
  }
}

/// `count` tiles of `height` rows, 1…`tallest`.
INLINE void run_of(size_t height, const size_t tallest, const size_t panels, const sweep *s, size_t row,
                   size_t count) {
#define LINNET_HEIGHT(rows)                                        \
  case rows:                                                       \
    if (panels > 2 && rows * panels <= OVERLAPPED_SUMS) {          \
      run_overlapped(rows, panels, s, row, count);                 \
    } else if (rows <= tallest) {                                  \
      run(rows, panels, s, row, count);                            \
    }                                                              \
    break;
  if (count == 0) return;
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

/// The same for at most a panel and a half, where rows are many and cheap: tiles of 12 rows, then of 8, 4, 2 and 1.
INLINE void run_narrow(const size_t panels, const sweep *s, size_t row, size_t m) {
#define LINNET_HEIGHT(rows)                          \
  if (m >= rows) {                                   \
    const size_t count = m / rows;                   \
    if (panels == 1) {                               \
      run(rows, panels, s, row, count);              \
    } else {                                         \
      run_and_half(rows, s, row, count);             \
    }                                                \
    row += count * rows;                             \
    m -= count * rows;                               \
  }
  LINNET_HEIGHT(12)
  LINNET_HEIGHT(8)
  LINNET_HEIGHT(4)
  LINNET_HEIGHT(2)
  LINNET_HEIGHT(1)
#undef LINNET_HEIGHT
}

/// As few tiles as cover the rows, their heights as equal as can be.
INLINE void sweep_rows(const size_t tallest, const size_t panels, const linnet_s8_gemm *g, size_t first_row,
                       size_t end_row, size_t channel) {
  const linnet_requantisation *q = &g->requantisation;
  const size_t steps = g->segment_count * g->segment_groups, panel_bytes = linnet_s8_gemm_panel_bytes(g);
  sweep s = {.g = g,
             .channel = channel,
             .columns = g->n - channel < 16 * panels ? g->n - channel : 16 * panels,
             .a_stride = g->a_stride,
             .panel_bytes = panel_bytes,
             .w = g->w + channel / 16 * panel_bytes,
             .c = g->c + channel,
             .c_stride = g->c_stride,
             .flip = _mm512_set1_epi8((char)0x80),
             .range = linnet_avx512_range_of(q),
             .is_clamped = q->least > -128 || q->greatest < 127};
  // Hidden from the optimiser, which would else flip before it broadcasts: two instructions more for every word.
  __asm__("" : "+v"(s.flip));
  const size_t most = panels > 2 && steps <= OVERLAPPED_STEPS ? OVERLAPPED_SUMS / panels : tallest;
  const size_t m = end_row - first_row, tiles = (m + most - 1) / most;
  if (panels == 1 || (panels == 2 && s.columns <= 24)) {
    run_narrow(panels, &s, first_row, m);
    return;
  }
  const size_t height = m / tiles, higher = m % tiles;
  run_of(height + 1, tallest, panels, &s, first_row, higher);
  run_of(height, tallest, panels, &s, first_row + higher * (height + 1), tiles - higher);
}

#define LINNET_DEFINE_GEMM(rows, panels, columns)                                                                   \
  void linnet_s8_gemm_##rows##x##columns##c4__avx512vnni(const linnet_s8_gemm *g, size_t first_row, size_t end_row, \
                                                         size_t channel) {                                          \
    sweep_rows(rows, panels, g, first_row, end_row, channel);                                                       \
  }
LINNET_DEFINE_GEMM(12, 1, 16)
LINNET_DEFINE_GEMM(12, 2, 32)
LINNET_DEFINE_GEMM(8, 3, 48)
LINNET_DEFINE_GEMM(6, 4, 64)

#pragma clang attribute pop

#endif
