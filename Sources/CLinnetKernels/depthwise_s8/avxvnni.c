#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)

#include "../portable/avx_codes.h"

/// Thirty-two channels, 32 bits each: part j, 128-bit lane i holds channels 16i+4j … 16i+4j+3. `unpack` leaves
/// interleaved rows in this order, and `pack` restores the natural one.
typedef struct quad {
  __m256i part[4];
} quad;

/// From natural order: sixteen values at `low`, sixteen at `high`.
static inline quad lanes_from(const void *low, const void *high) {
  quad result;
#pragma clang loop unroll(full)
  for (int j = 0; j < 4; j++) {
    const __m128i first = _mm_loadu_si128((const __m128i *)low + j);
    result.part[j] = _mm256_inserti128_si256(_mm256_castsi128_si256(first), _mm_loadu_si128((const __m128i *)high + j), 1);
  }
  return result;
}

/// Up to four rows of one column, interleaved to 4-byte groups of a channel and made unsigned.
static inline quad interleave(const __m256i *r) {
  const __m256i flip = _mm256_set1_epi8((char)0x80);
  const __m256i r0 = _mm256_xor_si256(r[0], flip), r1 = _mm256_xor_si256(r[1], flip);
  const __m256i r2 = _mm256_xor_si256(r[2], flip), r3 = _mm256_xor_si256(r[3], flip);
  const __m256i low01 = _mm256_unpacklo_epi8(r0, r1), high01 = _mm256_unpackhi_epi8(r0, r1);
  const __m256i low23 = _mm256_unpacklo_epi8(r2, r3), high23 = _mm256_unpackhi_epi8(r2, r3);
  const quad result = {{_mm256_unpacklo_epi16(low01, low23), _mm256_unpackhi_epi16(low01, low23),
                        _mm256_unpacklo_epi16(high01, high23), _mm256_unpackhi_epi16(high01, high23)}};
  return result;
}

/// The columns under output row `oy` of the channels from `channel` on, `groups` of four rows a column.
static inline __attribute__((always_inline)) void interleave_columns(const linnet_s8_depthwise *d, size_t channel,
                                                                     size_t oy, size_t groups, size_t count,
                                                                     quad *columns) {
  const __m256i zero = _mm256_set1_epi8(d->zero_point);
  for (size_t at = 0; at < count; at++) {
    // Unsigned wrap-around makes positions above or left of the picture compare as outside.
    const size_t ix = at - d->pad_left;
    for (size_t group = 0; group < groups; group++) {
      __m256i r[4];
#pragma clang loop unroll(full)
      for (size_t i = 0; i < 4; i++) {
        const size_t ky = 4 * group + i;
        const size_t iy = oy * d->stride_height + ky - d->pad_top;
        const int is_inside = ix < d->in_width && iy < d->in_height && ky < d->kernel_height;
        r[i] = is_inside
                   ? _mm256_loadu_si256((const __m256i *)(d->x + (iy % d->in_ring * d->in_width + ix) * d->channels + channel))
                   : zero;
      }
      columns[at * groups + group] = interleave(r);
    }
  }
}

void linnet_s8_depthwise_32c4__avxvnni(const linnet_s8_depthwise *d, size_t first_row, size_t end_row,
                                 size_t first_channel, size_t end_channel, void *scratch) {
  const size_t groups = (d->kernel_height + 3) / 4;
  const size_t taps = d->kernel_width * groups;
  const size_t in_columns = (d->out_width - 1) * d->stride_width + d->kernel_width;
  const linnet_requantisation *q = &d->requantisation;
  const linnet_avx_range range = linnet_avx_range_of(q);
  quad *weights = scratch;
  quad *columns = weights + taps;
  for (size_t channel = first_channel; channel < end_channel; channel += 32) {
    const size_t stored = end_channel - channel < 32 ? end_channel - channel : 32;
    // The second panel of a last block of sixteen channels or fewer is the first once more; its codes are not stored.
    const size_t second = stored > 16 ? 16 : 0;
    const quad bias = lanes_from(q->biased + channel, q->biased + channel + second);
    const quad multiplier = lanes_from(q->multiplier + channel, q->multiplier + channel + second);
    const int8_t *panel = d->w + channel / 16 * taps * 64;
    for (size_t tap = 0; tap < taps; tap++) {
      weights[tap] = lanes_from(panel + tap * 64, panel + (second / 16 * taps + tap) * 64);
    }
    for (size_t oy = first_row; oy < end_row; oy++) {
      interleave_columns(d, channel, oy, groups, in_columns, columns);
      int8_t *y = d->y + oy % d->out_ring * d->out_width * d->channels + channel;
      for (size_t ox = 0; ox < d->out_width; ox++, y += d->channels) {
        const quad *x = columns + ox * d->stride_width * groups;
        quad sums = bias;
        for (size_t tap = 0; tap < taps; tap++) {
#pragma clang loop unroll(full)
          for (int j = 0; j < 4; j++) {
            sums.part[j] = _mm256_dpbusd_avx_epi32(sums.part[j], x[tap].part[j], weights[tap].part[j]);
          }
        }
        __m256i scaled[4];
#pragma clang loop unroll(full)
        for (int j = 0; j < 4; j++) {
          scaled[j] = linnet_avx_scale(sums.part[j], _mm256_castsi256_ps(multiplier.part[j]));
        }
        linnet_avx_store_columns(
            y, linnet_avx_interleaved_codes(scaled[0], scaled[1], scaled[2], scaled[3], &range), stored);
      }
    }
  }
}

#pragma clang attribute pop

#endif
