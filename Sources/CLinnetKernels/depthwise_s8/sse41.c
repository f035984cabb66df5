#if defined(__x86_64__)

#include <smmintrin.h>
#include <string.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("sse4.1"))), apply_to = function)

#include "../portable/sse41_requantise.h"

/// Eight channels of four rows, interleaved and widened: part j holds the rows of channel 2j, then those of 2j+1.
typedef struct column {
  __m128i part[4];
} column;

static inline column interleave(const __m128i *r) {
  const __m128i r01 = _mm_unpacklo_epi8(r[0], r[1]), r23 = _mm_unpacklo_epi8(r[2], r[3]);
  const __m128i low = _mm_unpacklo_epi16(r01, r23), high = _mm_unpackhi_epi16(r01, r23);
  const column result = {{_mm_cvtepi8_epi16(low), _mm_cvtepi8_epi16(_mm_srli_si128(low, 8)), _mm_cvtepi8_epi16(high),
                          _mm_cvtepi8_epi16(_mm_srli_si128(high, 8))}};
  return result;
}

/// The columns under output row `oy` of the eight channels from `channel` on, `groups` of four rows a column.
static inline void interleave_columns(const linnet_s8_depthwise *d, size_t channel, size_t oy, size_t groups,
                                      size_t count, column *columns) {
  const __m128i zero = _mm_set1_epi8(d->zero_point);
  for (size_t at = 0; at < count; at++) {
    // Unsigned wrap-around makes positions above or left of the picture compare as outside.
    const size_t ix = at - d->pad_left;
    for (size_t group = 0; group < groups; group++) {
      __m128i r[4];
      for (size_t i = 0; i < 4; i++) {
        const size_t ky = 4 * group + i;
        const size_t iy = oy * d->stride_height + ky - d->pad_top;
        const int is_inside = ix < d->in_width && iy < d->in_height && ky < d->kernel_height;
        r[i] = is_inside
                   ? _mm_loadl_epi64((const __m128i *)(d->x + (iy % d->in_ring * d->in_width + ix) * d->channels + channel))
                   : zero;
      }
      columns[at * groups + group] = interleave(r);
    }
  }
}

void linnet_s8_depthwise_8c4__sse41(const linnet_s8_depthwise *d, size_t first_row, size_t end_row,
                                 size_t first_channel, size_t end_channel, void *scratch) {
  const size_t groups = (d->kernel_height + 3) / 4;
  const size_t taps = d->kernel_width * groups;
  const size_t in_columns = (d->out_width - 1) * d->stride_width + d->kernel_width;
  column *columns = scratch;
  for (size_t channel = first_channel; channel < end_channel; channel += 8) {
    const size_t stored = end_channel - channel < 8 ? end_channel - channel : 8;
    const int8_t *weights = d->w + channel / 16 * taps * 64 + channel % 16 * 4;
    for (size_t oy = first_row; oy < end_row; oy++) {
      interleave_columns(d, channel, oy, groups, in_columns, columns);
      int8_t *y = d->y + oy % d->out_ring * d->out_width * d->channels + channel;
      for (size_t ox = 0; ox < d->out_width; ox++, y += d->channels) {
        const column *x = columns + ox * d->stride_width * groups;
        linnet_sse41_pairs sums = {{_mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128()}};
        for (size_t tap = 0; tap < taps; tap++) {
#pragma clang loop unroll(full)
          for (int part = 0; part < 4; part++) {
            linnet_sse41_accumulate(&sums, part, x[tap].part[part], linnet_sse41_widen(weights + 64 * tap + 8 * part));
          }
        }
        linnet_sse41_store(&sums, channel, &d->requantisation, y, stored);
      }
    }
  }
}

#pragma clang attribute pop

#endif
