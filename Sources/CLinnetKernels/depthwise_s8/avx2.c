#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#include "../portable/avx2_requantise.h"

/// Sixteen channels of four rows, interleaved: bytes 4c … 4c+3 are channel c of the four rows.
typedef struct column {
  __m128i part[4];
} column;

static inline column interleave(__m128i r0, __m128i r1, __m128i r2, __m128i r3) {
  const __m128i low01 = _mm_unpacklo_epi8(r0, r1), high01 = _mm_unpackhi_epi8(r0, r1);
  const __m128i low23 = _mm_unpacklo_epi8(r2, r3), high23 = _mm_unpackhi_epi8(r2, r3);
  const column result = {{_mm_unpacklo_epi16(low01, low23), _mm_unpackhi_epi16(low01, low23),
                          _mm_unpacklo_epi16(high01, high23), _mm_unpackhi_epi16(high01, high23)}};
  return result;
}

/// The columns under output row `oy` of the sixteen channels from `channel` on, `groups` of four rows a column.
static inline __attribute__((always_inline)) void interleave_columns(const linnet_s8_depthwise *d, size_t channel,
                                                                     size_t oy, size_t groups, size_t count,
                                                                     column *columns) {
  const __m128i zero = _mm_set1_epi8(d->zero_point);
  for (size_t at = 0; at < count; at++) {
    // Unsigned wrap-around makes positions above or left of the picture compare as outside.
    const size_t ix = at - d->pad_left;
    for (size_t group = 0; group < groups; group++) {
      __m128i r[4];
#pragma clang loop unroll(full)
      for (size_t i = 0; i < 4; i++) {
        const size_t ky = 4 * group + i;
        const size_t iy = oy * d->stride_height + ky - d->pad_top;
        const int is_inside = ix < d->in_width && iy < d->in_height && ky < d->kernel_height;
        r[i] = is_inside
                   ? _mm_loadu_si128((const __m128i *)(d->x + (iy % d->in_ring * d->in_width + ix) * d->channels + channel))
                   : zero;
      }
      columns[at * groups + group] = interleave(r[0], r[1], r[2], r[3]);
    }
  }
}

void linnet_s8_depthwise_16c4__avx2(const linnet_s8_depthwise *d, size_t first_row, size_t end_row,
                                 size_t first_channel, size_t end_channel, void *scratch) {
  const size_t groups = (d->kernel_height + 3) / 4;
  const size_t taps = d->kernel_width * groups;
  const size_t in_columns = (d->out_width - 1) * d->stride_width + d->kernel_width;
  column *columns = scratch;
  for (size_t channel = first_channel; channel < end_channel; channel += 16) {
    const size_t stored = end_channel - channel < 16 ? end_channel - channel : 16;
    const int8_t *weights = d->w + channel / 16 * taps * 64;
    for (size_t oy = first_row; oy < end_row; oy++) {
      interleave_columns(d, channel, oy, groups, in_columns, columns);
      int8_t *y = d->y + oy % d->out_ring * d->out_width * d->channels + channel;
      for (size_t ox = 0; ox < d->out_width; ox++, y += d->channels) {
        const column *x = columns + ox * d->stride_width * groups;
        linnet_avx2_pairs sums;
#pragma clang loop unroll(full)
        for (int part = 0; part < 4; part++) sums.part[part] = _mm256_setzero_si256();
        for (size_t tap = 0; tap < taps; tap++) {
#pragma clang loop unroll(full)
          for (int part = 0; part < 4; part++) {
            linnet_avx2_accumulate(&sums, part, _mm256_cvtepi8_epi16(x[tap].part[part]),
                                   linnet_avx2_widen(weights + 64 * tap + 16 * part));
          }
        }
        linnet_avx2_store(&sums, channel, &d->requantisation, y, stored);
      }
    }
  }
}

#pragma clang attribute pop

#endif
