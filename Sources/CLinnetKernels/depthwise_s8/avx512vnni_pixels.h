/// Layers of at most sixteen channels that move by one column: whole pixels are lanes.
#ifndef LINNET_DEPTHWISE_AVX512VNNI_PIXELS_H
#define LINNET_DEPTHWISE_AVX512VNNI_PIXELS_H

#include <string.h>

#include "avx512vnni_tile.h"

/// At most sixteen values of 32 bits, one a channel, for every pixel that a vector of bytes holds, in lane order.
static quad lanes_of_pixels(const void *source, size_t channels) {
  int32_t values[16], lanes[64];
  memcpy(values, source, sizeof values);
  for (size_t i = 0, channel = 0; i < 64; i++) {
    lanes[i] = values[channel];
    if (++channel == channels) channel = 0;
  }
  return lanes_from(lanes, 64, 4, 1);
}

/// The bytes of `pixels` pixels from `ix` on that lie inside the picture.
INLINE __mmask64 inside_pixels(const linnet_s8_depthwise *d, __mmask64 all, size_t pixels, ptrdiff_t ix) {
  const ptrdiff_t left = (ptrdiff_t)d->in_width - ix, channels = (ptrdiff_t)d->channels;
  if (ix >= 0 && left >= (ptrdiff_t)pixels) return all;
  const ptrdiff_t first = ix < 0 ? -ix : 0, end = left < (ptrdiff_t)pixels ? left : (ptrdiff_t)pixels;
  return first < end ? ~(__mmask64)0 >> (64 - (end - first) * channels) << (first * channels) : (__mmask64)0;
}

/// Group `group` of the columns of `count` vectors of pixels, the first of which begins at pixel `ix`.
INLINE void interleave_pixels(const shape s, const size_t group, const linnet_s8_depthwise *d, const plan *plan,
                              const block *b, const row_set *rows, size_t pixels, ptrdiff_t ix, size_t count,
                              quad *columns) {
  const __m512i zero = _mm512_loadu_si512(plan->zero_points), flip = _mm512_set1_epi8((char)0x80);
  const __m512i outside = plan->outside_row;
  const ptrdiff_t channels = (ptrdiff_t)d->channels;
  const __mmask64 all = b->mask;
  // Read once: the columns written below may alias anything.
  const int8_t *x[4];
  __mmask16 mask[4];
  UNROLL for (size_t i = 0; i < 4; i++) {
    x[i] = rows->x[4 * group + i];
    mask[i] = rows->inside[4 * group + i];
  }
  quad *column = columns + group;
  for (size_t v = 0; v < count; v++, ix += (ptrdiff_t)pixels) {
    for (ptrdiff_t at = ix; at < ix + (ptrdiff_t)s.kernel_width; at++, column += groups_of(s)) {
      const __mmask64 inside = inside_pixels(d, all, pixels, at);
      __m512i r[4];
      UNROLL for (size_t i = 0; i < 4; i++) {
        if (4 * group + i >= set_reach_of(s)) {
          r[i] = r[i - 1];
          continue;
        }
        const int8_t *p = x[i] + at * channels;
        const __m512i row = inside == all ? _mm512_loadu_si512(p) : _mm512_mask_loadu_epi8(zero, inside, p);
        r[i] = _mm512_mask_xor_epi32(outside, mask[i], row, flip);
      }
      *column = interleave(r);
    }
  }
}

/// Output rows [first_row, end_row) where a vector holds four pixels or more and they move by one: neighbouring
/// outputs share a vector, and it takes one load for each tap column.
INLINE void convolve_pixels(const shape s, const linnet_s8_depthwise *d, size_t first_row, size_t end_row,
                            const plan *plan, const block *b, size_t pixels, quad *columns) {
  const size_t groups = groups_of(s), taps = s.kernel_width * groups, set_rows = set_rows_of(s);
  const size_t vectors = (d->out_width + pixels - 1) / pixels, last = d->out_width - pixels;
  const size_t regular = d->out_width / pixels;
  // A vector has columns of its own.
  const shape apart = {s.kernel_height, s.kernel_width, s.stride_height, s.kernel_width};
  const strip whole = {.width = vectors};
  for (size_t oy = first_row; oy < end_row; oy += set_rows) {
    const row_set rows = rows_from(d, 4 * groups, smaller(end_row - oy, set_rows), oy);
    for (size_t v = 0, count; v < vectors; v += count) {
      // The last vector ends where the row ends: a tile of its own unless that is where it would begin anyway.
      count = v < regular ? smaller(regular - v, 4) : 1;
      const size_t ox = smaller(v * pixels, last);
      for (size_t group = 0; group < groups; group++) {
        interleave_pixels(s, group, d, plan, b, &rows, pixels, (ptrdiff_t)ox - (ptrdiff_t)d->pad_left, count, columns);
      }
      size_t i = 0;
      for (; i + 2 <= rows.count; i += 2) {
        tile_of(2, count, apart, plan, b, &whole, columns, b->weights + i * taps, rows.y + i, ox * d->channels);
      }
      if (i < rows.count) {
        tile_of(1, count, apart, plan, b, &whole, columns, b->weights + i * taps, rows.y + i, ox * d->channels);
      }
    }
  }
}

/// All channels, at most sixteen, of output rows [first_row, end_row).
static void convolve_few_channels(const shape s, const linnet_s8_depthwise *d, size_t first_row, size_t end_row,
                                  plan *plan, quad *scratch) {
  const linnet_requantisation *q = &d->requantisation;
  const size_t taps = s.kernel_width * groups_of(s);
  const size_t pixels = 64 / d->channels, bytes = pixels * d->channels;
  const block b = {.pieces = 1,
                   .mask = ~(__mmask64)0 >> (64 - bytes),
                   .bias = lanes_of_pixels(q->biased, d->channels),
                   .multiplier = lanes_of_pixels(q->multiplier, d->channels),
                   .weights = scratch};
  for (size_t tap = 0; tap < taps; tap++) scratch[tap] = lanes_of_pixels(d->w + tap * 64, d->channels);
  shift_weights(s, scratch);
  quad *columns = scratch + set_rows_of(s) * taps;
  plan->output_bytes = bytes;
  if (s.kernel_height == 3 && s.kernel_width == 3 && s.stride_height == 1) {
    convolve_pixels((shape){3, 3, 1, 1}, d, first_row, end_row, plan, &b, pixels, columns);
  } else {
    convolve_pixels(s, d, first_row, end_row, plan, &b, pixels, columns);
  }
}

#endif
