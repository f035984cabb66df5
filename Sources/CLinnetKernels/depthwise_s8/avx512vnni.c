#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))), apply_to = function)

#include "../portable/avx512_requantise.h"

/// Four vectors whose 128-bit lane i together hold channels 16i … 16i+15 of a block of 64: the order in which
/// `unpack` leaves interleaved rows, and from which `pack` restores the natural one.
typedef struct quad {
  __m512i part[4];
} quad;

/// Sixty-four 32-bit values in natural order (four vectors at `source`, `panels` of them real) → lane order.
static inline quad lanes_from(const void *source, size_t vector_bytes, size_t panels) {
  const char *bytes = source;
  __m512i natural[4];
  for (size_t i = 0; i < 4; i++) {
    natural[i] = i < panels ? _mm512_loadu_si512(bytes + i * vector_bytes) : _mm512_setzero_si512();
  }
  // A 4 × 4 transposition of 128-bit lanes.
  const __m512i a = _mm512_shuffle_i32x4(natural[0], natural[1], 0x44);
  const __m512i b = _mm512_shuffle_i32x4(natural[2], natural[3], 0x44);
  const __m512i c = _mm512_shuffle_i32x4(natural[0], natural[1], 0xEE);
  const __m512i d = _mm512_shuffle_i32x4(natural[2], natural[3], 0xEE);
  const quad result = {{_mm512_shuffle_i32x4(a, b, 0x88), _mm512_shuffle_i32x4(a, b, 0xDD),
                        _mm512_shuffle_i32x4(c, d, 0x88), _mm512_shuffle_i32x4(c, d, 0xDD)}};
  return result;
}

/// Up to four rows of one column, interleaved to 4-byte groups of a channel and made unsigned.
static inline quad interleave(__m512i r0, __m512i r1, __m512i r2, __m512i r3) {
  const __m512i flip = _mm512_set1_epi8((char)0x80);
  r0 = _mm512_xor_si512(r0, flip);
  r1 = _mm512_xor_si512(r1, flip);
  r2 = _mm512_xor_si512(r2, flip);
  r3 = _mm512_xor_si512(r3, flip);
  const __m512i low01 = _mm512_unpacklo_epi8(r0, r1), high01 = _mm512_unpackhi_epi8(r0, r1);
  const __m512i low23 = _mm512_unpacklo_epi8(r2, r3), high23 = _mm512_unpackhi_epi8(r2, r3);
  const quad result = {{_mm512_unpacklo_epi16(low01, low23), _mm512_unpackhi_epi16(low01, low23),
                        _mm512_unpacklo_epi16(high01, high23), _mm512_unpackhi_epi16(high01, high23)}};
  return result;
}

static inline __attribute__((always_inline)) void accumulate(quad *sums, const quad *x, const quad *w) {
#pragma clang loop unroll(full)
  for (size_t j = 0; j < 4; j++) sums->part[j] = _mm512_dpbusd_epi32(sums->part[j], x->part[j], w->part[j]);
}

/// What stays the same for all rows of a block of up to 64 channels.
typedef struct block {
  size_t channel;
  size_t columns;
  __mmask64 mask;
  quad bias;
  quad multiplier;
  linnet_avx512_range range;
} block;

static inline __attribute__((always_inline)) void store(const block *b, const quad *sums, int8_t *y) {
  __m512i scaled[4];
#pragma clang loop unroll(full)
  for (size_t j = 0; j < 4; j++) {
    const __m512 product = _mm512_mul_ps(_mm512_cvtepi32_ps(sums->part[j]), _mm512_castsi512_ps(b->multiplier.part[j]));
    scaled[j] = _mm512_cvtps_epi32(product);
  }
  linnet_avx512_store_columns(y, linnet_avx512_interleaved_codes(scaled, &b->range), b->columns);
}

/// The rows of the picture under one output row: where each begins, and how far apart its columns are (0 for a row
/// outside the picture, whose every column is the same vector of zero points).
typedef struct row_cursor {
  const int8_t *start;
  size_t step;
} row_cursor;

enum { MAX_KERNEL_HEIGHT = 64 };

/// One column inside the picture: `height` rows in groups of four. Unrolls completely where `height` is constant.
static inline __attribute__((always_inline)) void interleave_column(const size_t height, const block *b,
                                                                    const row_cursor *rows, size_t ix, __m512i zero,
                                                                    quad *column) {
  for (size_t first = 0; first < height; first += 4) {
    __m512i r[4];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 4; i++) {
      const size_t ky = first + i;
      r[i] = ky < height ? _mm512_maskz_loadu_epi8(b->mask, rows[ky].start + ix * rows[ky].step) : zero;
    }
    column[first / 4] = interleave(r[0], r[1], r[2], r[3]);
  }
}

/// Every column under one output row, those outside the picture as zero points.
static inline __attribute__((always_inline)) void interleave_columns(const size_t height, const linnet_s8_depthwise *d,
                                                                     const block *b, const row_cursor *rows,
                                                                     size_t count, __m512i zero, quad *columns) {
  const size_t groups = (height + 3) / 4;
  const size_t inside = d->pad_left + d->in_width < count ? d->pad_left + d->in_width : count;
  const quad outside = interleave(zero, zero, zero, zero);
  for (size_t i = 0; i < d->pad_left * groups && i < count * groups; i++) columns[i] = outside;
  for (size_t at = d->pad_left; at < inside; at++) {
    interleave_column(height, b, rows, at - d->pad_left, zero, columns + at * groups);
  }
  for (size_t i = inside * groups; i < count * groups; i++) columns[i] = outside;
}

/// `outputs` neighbouring outputs at once, so that a tap's weights are loaded once for all of them.
static inline __attribute__((always_inline)) void convolve(const size_t outputs, const block *b, const quad *x,
                                                           size_t step, const quad *weights, size_t taps, int8_t *y,
                                                           size_t channels) {
  quad sums[4];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < outputs; i++) sums[i] = b->bias;
  for (size_t tap = 0; tap < taps; tap++) {
    const quad w = weights[tap];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < outputs; i++) accumulate(&sums[i], &x[i * step + tap], &w);
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < outputs; i++) store(b, &sums[i], y + i * channels);
}

/// One output row from its interleaved columns; the last group of four outputs overlaps the one before it.
static inline void convolve_row(const linnet_s8_depthwise *d, const block *b, const quad *columns, size_t groups,
                                const quad *weights, size_t taps, int8_t *y) {
  const size_t step = d->stride_width * groups;
  if (d->out_width < 4) {
    for (size_t ox = 0; ox < d->out_width; ox++) {
      convolve(1, b, columns + ox * step, step, weights, taps, y + ox * d->channels, d->channels);
    }
    return;
  }
  for (size_t ox = 0; ox < d->out_width; ox += 4) {
    const size_t first = ox + 4 <= d->out_width ? ox : d->out_width - 4;
    convolve(4, b, columns + first * step, step, weights, taps, y + first * d->channels, d->channels);
  }
}

void linnet_s8_depthwise_64c4__avx512vnni(const linnet_s8_depthwise *d, size_t first_row, size_t end_row,
                                 size_t first_channel, size_t end_channel, void *scratch) {
  const size_t groups = (d->kernel_height + 3) / 4;
  const size_t taps = d->kernel_width * groups;
  const size_t in_columns = (d->out_width - 1) * d->stride_width + d->kernel_width;
  quad *weights = scratch;
  quad *columns = weights + taps;
  const __m512i zero = _mm512_set1_epi8(d->zero_point);
  int8_t zero_points[64];
  _mm512_storeu_si512(zero_points, zero);

  for (size_t channel = first_channel; channel < end_channel; channel += 64) {
    const size_t left = end_channel - channel;
    const size_t panels = left >= 64 ? 4 : (left + 15) / 16;
    const block b = {channel,
                     left < 64 ? left : 64,
                     left < 64 ? ((__mmask64)1 << left) - 1 : ~(__mmask64)0,
                     lanes_from(d->requantisation.biased + channel, 64, panels),
                     lanes_from(d->requantisation.multiplier + channel, 64, panels),
                     linnet_avx512_range_of(&d->requantisation)};
    for (size_t tap = 0; tap < taps; tap++) {
      weights[tap] = lanes_from(d->w + (channel / 16 * taps + tap) * 64, taps * 64, panels);
    }
    for (size_t oy = first_row; oy < end_row; oy++) {
      row_cursor rows[MAX_KERNEL_HEIGHT];
      for (size_t ky = 0; ky < d->kernel_height; ky++) {
        const size_t iy = oy * d->stride_height + ky - d->pad_top;
        const int is_inside = iy < d->in_height;
        rows[ky].start = is_inside ? d->x + iy % d->in_ring * d->in_width * d->channels + channel : zero_points;
        rows[ky].step = is_inside ? d->channels : 0;
      }
      switch (d->kernel_height) {
        case 3: interleave_columns(3, d, &b, rows, in_columns, zero, columns); break;
        case 5: interleave_columns(5, d, &b, rows, in_columns, zero, columns); break;
        default: interleave_columns(d->kernel_height, d, &b, rows, in_columns, zero, columns);
      }
      convolve_row(d, &b, columns, groups, weights, taps, d->y + oy % d->out_ring * d->out_width * d->channels + channel);
    }
  }
}

#pragma clang attribute pop

#endif
