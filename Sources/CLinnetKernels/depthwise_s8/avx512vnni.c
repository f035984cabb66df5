#if defined(__x86_64__)

#include <immintrin.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))), apply_to = function)

#include "avx512vnni_columns.h"
#include "avx512vnni_pixels.h"
#include "avx512vnni_tile.h"

enum {
  /// Blocks of channels that take turns over a strip: as many as these hold the weights of, at least one.
  MAX_BLOCKS = 8,
  WEIGHT_BYTES = 4096,
  /// What a strip may take of the first-level cache: its rows of the input and one block's interleaved columns.
  STRIP_BYTES = 32768,
};

/// A tap's weights in lane order for every output row of a set.
INLINE void spread_weights(const shape s, const linnet_s8_depthwise *d, const block *b, size_t panels, quad *weights) {
  const size_t taps = s.kernel_width * groups_of(s);
  for (size_t tap = 0; tap < taps; tap++) {
    weights[tap] = lanes_from(d->w + (b->channel / 16 * taps + tap) * 64, taps * 64, panels, b->pieces);
  }
  shift_weights(s, weights);
}

/// One block of one strip of one set of rows.
INLINE void convolve_strip(const shape s, const linnet_s8_depthwise *d, const plan *plan, const block *b, size_t first,
                           size_t end, const row_set *rows, quad *columns) {
  const size_t groups = groups_of(s), taps = s.kernel_width * groups;
  strip strip = {.width = (end - first + b->pieces - 1) / b->pieces};
  for (size_t p = 0; p < b->pieces; p++) {
    strip.start[p] = smaller(first + p * strip.width, end - strip.width);
    strip.distance[p] = (strip.start[p] - first) * d->channels;
  }
  interleave_columns(s, d, plan, b, &strip, rows, columns);
  for (size_t ox = 0; ox < strip.width; ox += 4) {
    const size_t outputs = smaller(strip.width - ox, 4);
    const quad *x = columns + ox * s.stride_width * groups;
    const size_t offset = (first + ox) * d->channels + b->channel;
    size_t i = 0;
    for (; i + 2 <= rows->count; i += 2) {
      tile_of(2, outputs, s, plan, b, &strip, x, b->weights + i * taps, rows->y + i, offset);
    }
    if (i < rows->count) tile_of(1, outputs, s, plan, b, &strip, x, b->weights + i * taps, rows->y + i, offset);
  }
}

/// Output rows [first_row, end_row) of `count` blocks.
INLINE void convolve(const shape s, const linnet_s8_depthwise *d, size_t first_row, size_t end_row, const plan *plan,
                     const block *blocks, size_t count, size_t channels, quad *columns) {
  const size_t groups = groups_of(s), set_rows = set_rows_of(s), reach = set_reach_of(s);
  const size_t most_columns = STRIP_BYTES / (reach * channels + groups * sizeof(quad));
  const size_t most = most_columns > s.kernel_width + 8 * s.stride_width
                          ? (most_columns - s.kernel_width) / s.stride_width
                          : 8;
  const size_t strips = (d->out_width + most - 1) / most;
  const size_t width = ((d->out_width + strips - 1) / strips + 3) / 4 * 4;
  for (size_t oy = first_row; oy < end_row; oy += set_rows) {
    const row_set rows = rows_from(d, 4 * groups, smaller(end_row - oy, set_rows), oy);
    for (size_t first = 0; first < d->out_width; first += width) {
      const size_t end = smaller(first + width, d->out_width);
      for (size_t i = 0; i < count; i++) convolve_strip(s, d, plan, &blocks[i], first, end, &rows, columns);
    }
  }
}

/// With the shape's extents as constants where it is a common one.
static void convolve_shape(const shape s, const linnet_s8_depthwise *d, size_t first_row, size_t end_row,
                           const plan *plan, const block *blocks, size_t count, size_t channels, quad *columns) {
#define LINNET_CONVOLVE(kernel, stride)                                                                            \
  if (s.kernel_height == kernel && s.kernel_width == kernel && s.stride_height == stride &&                       \
      s.stride_width == stride) {                                                                                  \
    const shape constant = {kernel, kernel, stride, stride};                                                       \
    convolve(constant, d, first_row, end_row, plan, blocks, count, channels, columns);                             \
    return;                                                                                                        \
  }
  LINNET_CONVOLVE(3, 1)
  LINNET_CONVOLVE(3, 2)
  LINNET_CONVOLVE(5, 1)
  LINNET_CONVOLVE(5, 2)
#undef LINNET_CONVOLVE
  convolve(s, d, first_row, end_row, plan, blocks, count, channels, columns);
}

void linnet_s8_depthwise_64c4__avx512vnni(const linnet_s8_depthwise *d, size_t first_row, size_t end_row,
                                          size_t first_channel, size_t end_channel, void *scratch) {
  const linnet_requantisation *q = &d->requantisation;
  const shape s = {d->kernel_height, d->kernel_width, d->stride_height, d->stride_width};
  const size_t weights = set_rows_of(s) * s.kernel_width * groups_of(s);
  const size_t most_blocks = smaller(WEIGHT_BYTES / sizeof(quad) / weights, MAX_BLOCKS);
  const __m512i zero = _mm512_set1_epi8(d->zero_point), outside = _mm512_xor_si512(zero, _mm512_set1_epi8((char)0x80));
  plan plan = {.channels = d->channels,
               .output_bytes = d->channels,
               .outside_row = outside,
               .outside = interleave((__m512i[4]){outside, outside, outside, outside}),
               .range = linnet_avx512_range_of(q),
               .is_clamped = q->least > -128 || q->greatest < 127};
  _mm512_storeu_si512(plan.zero_points, zero);
  if (d->stride_width == 1 && d->channels <= 16 && d->out_width >= 64 / d->channels) {
    convolve_few_channels(s, d, first_row, end_row, &plan, scratch);
    return;
  }
  for (size_t channel = first_channel; channel < end_channel;) {
    block blocks[MAX_BLOCKS];
    const size_t first = channel;
    size_t count = 0;
    quad *free = scratch;
    while (channel < end_channel && (count == 0 || count < most_blocks)) {
      const size_t left = end_channel - channel;
      // 33 to 48 are 32 and the rest, so that only a tensor's last channels are read beyond.
      const size_t pieces = left > 48 ? 1 : left > 16 ? 2 : 4;
      const size_t stored = smaller(left, 64 / pieces);
      const size_t panels = (stored + 15) / 16;
      block *b = &blocks[count++];
      b->channel = channel;
      b->pieces = pieces;
      b->mask = stored < 64 ? ((__mmask64)1 << stored) - 1 : ~(__mmask64)0;
      b->bias = lanes_from(q->biased + channel, 64, panels, pieces);
      b->multiplier = lanes_from(q->multiplier + channel, 64, panels, pieces);
      b->weights = free;
      spread_weights(s, d, b, panels, free);
      free += weights;
      channel += stored;
    }
    convolve_shape(s, d, first_row, end_row, &plan, blocks, count, channel - first, free);
  }
}

#pragma clang attribute pop

#endif
