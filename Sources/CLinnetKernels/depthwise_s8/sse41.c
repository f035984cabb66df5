#if defined(__x86_64__)

#include <smmintrin.h>
#include <string.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("sse4.1"))), apply_to = function)

#include "../portable/sse41_codes.h"

/// Sixteen channels' pairs of 16-bit numbers, which `pmaddwd` multiplies and adds: part j holds channels 4j … 4j+3.
typedef struct pairs {
  __m128i part[4];
} pairs;

static inline __attribute__((always_inline)) pairs paired(__m128i first, __m128i second) {
  const __m128i low = _mm_unpacklo_epi8(first, second), high = _mm_unpackhi_epi8(first, second);
  const pairs result = {{_mm_cvtepi8_epi16(low), _mm_cvtepi8_epi16(_mm_srli_si128(low, 8)), _mm_cvtepi8_epi16(high),
                         _mm_cvtepi8_epi16(_mm_srli_si128(high, 8))}};
  return result;
}

/// Weight `tap` of a group of four, of four channels, in the top byte of each lane.
static inline __m128i taps(const int8_t *group, size_t tap) {
  return _mm_sll_epi32(_mm_loadu_si128((const __m128i *)group), _mm_cvtsi32_si128(24 - 8 * (int)tap));
}

/// The taps of a block that meet the pairs of the picture: rows 2p and 2p + 1 of each column for every p, then, where
/// the kernel's height is odd, columns 2i and 2i + 1 of the last row.
static void pair_weights(const linnet_s8_depthwise *d, size_t channel, pairs *weights) {
  const size_t height = d->kernel_height, width = d->kernel_width, groups = (height + 3) / 4;
  const int8_t *w = d->w + channel / 16 * width * groups * 64;
  for (size_t ky = 0; ky < height; ky += 2) {
    const int is_last = ky + 1 == height;
    for (size_t kx = 0; kx < width; kx += is_last ? 2 : 1, weights++) {
      for (size_t part = 0; part < 4; part++) {
        const int8_t *group = w + (kx * groups + ky / 4) * 64 + 16 * part;
        const __m128i first = taps(group, ky % 4);
        const __m128i second = !is_last         ? taps(group, ky % 4 + 1)
                               : kx + 1 < width ? taps(group + 64 * groups, ky % 4)
                                                : _mm_setzero_si128();
        weights->part[part] = _mm_blend_epi16(_mm_srai_epi32(first, 24), _mm_srai_epi32(second, 8), 0xAA);
      }
    }
  }
}

/// The sixteen channels from `channel` on of the columns under one output row: [0, before) and [end, count) lie outside
/// the picture.
typedef struct span {
  const linnet_s8_depthwise *d;
  size_t channel;
  size_t before, end, count;
  __m128i zero;
} span;

/// Where a row of the picture begins, or NULL for a row outside it. `row` counts from the padding above.
static inline const int8_t *row_at(const span *s, size_t row) {
  // Unsigned wrap-around makes rows above the picture compare as outside.
  const size_t iy = row - s->d->pad_top;
  return iy < s->d->in_height ? s->d->x + iy % s->d->in_ring * s->d->in_width * s->d->channels + s->channel : NULL;
}

static inline __attribute__((always_inline)) __m128i bytes_at(const int8_t *row, size_t offset, __m128i zero) {
  return row != NULL ? _mm_loadu_si128((const __m128i *)(row + offset)) : zero;
}

/// Every column's rows `row` and `row` + 1 side by side.
static void pair_rows(const span *s, size_t row, pairs *columns) {
  const int8_t *first = row_at(s, row), *second = row_at(s, row + 1);
  const size_t channels = s->d->channels;
  const pairs outside = paired(s->zero, s->zero);
  size_t at = 0;
  for (; at < s->before; at++) columns[at] = outside;
  if (first != NULL && second != NULL) {
    for (; at < s->end; at++, first += channels, second += channels) {
      columns[at] = paired(_mm_loadu_si128((const __m128i *)first), _mm_loadu_si128((const __m128i *)second));
    }
  } else {
    for (; at < s->end; at++) {
      const size_t offset = (at - s->before) * channels;
      columns[at] = paired(bytes_at(first, offset, s->zero), bytes_at(second, offset, s->zero));
    }
  }
  for (; at < s->count; at++) columns[at] = outside;
}

/// Every column of row `row` beside the column after it.
static void pair_columns(const span *s, size_t row, pairs *columns) {
  const int8_t *x = row_at(s, row);
  const size_t channels = s->d->channels, end = x != NULL ? s->end : 0;
  __m128i here = end > 0 && s->before == 0 ? _mm_loadu_si128((const __m128i *)x) : s->zero;
  size_t at = 0;
  for (; at + 1 < s->before; at++) columns[at] = paired(here, s->zero);
  for (size_t offset = (at + 1 - s->before) * channels; at + 1 < end; at++, offset += channels) {
    const __m128i after = _mm_loadu_si128((const __m128i *)(x + offset));
    columns[at] = paired(here, after);
    here = after;
  }
  for (; at < s->count; at++) {
    columns[at] = paired(here, s->zero);
    here = s->zero;
  }
}

/// A kernel's extents and its step along a row.
typedef struct kernel_extents {
  size_t height, width, stride;
} kernel_extents;

/// What stays the same for all outputs of four channels.
typedef struct block {
  const pairs *weights;
  __m128i bias;
  const float *multiplier;
  linnet_sse41_range range;
  size_t part;
  size_t columns;
} block;

/// Writes the first `columns` of each output's four codes.
static inline __attribute__((always_inline)) void store(const size_t outputs, size_t columns, __m128i codes, int8_t *y,
                                                        size_t channels) {
  int32_t words[4];
  _mm_storeu_si128((__m128i *)words, codes);
  if (columns == 4) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < outputs; i++) memcpy(y + i * channels, &words[i], 4);
  } else {
    for (size_t i = 0; i < outputs; i++) memcpy(y + i * channels, &words[i], columns);
  }
}

/// Up to four neighbouring outputs of four channels at once, so that a pair of taps is loaded once for all of them, and
/// columns that they share are as well. Unrolls completely where the kernel's extents are constants.
static inline __attribute__((always_inline)) void convolve(const size_t outputs, const kernel_extents k,
                                                           const block *b, pairs *const *rows, size_t column,
                                                           int8_t *y, size_t channels) {
  __m128i sums[4];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < 4; i++) sums[i] = b->bias;
  const pairs *weights = b->weights;
  for (size_t ky = 0; ky < k.height; ky += 2) {
    const pairs *x = rows[ky / 2] + column;
    for (size_t kx = 0; kx < k.width; kx += ky + 1 == k.height ? 2 : 1, weights++) {
      const __m128i w = weights->part[b->part];
#pragma clang loop unroll(full)
      for (size_t i = 0; i < outputs; i++) {
        sums[i] = _mm_add_epi32(sums[i], _mm_madd_epi16(x[i * k.stride + kx].part[b->part], w));
      }
    }
  }
  __m128i scaled[4];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < 4; i++) scaled[i] = linnet_sse41_scale(sums[i], b->multiplier);
  store(outputs, b->columns, linnet_sse41_codes(scaled, &b->range), y, channels);
}

/// Four channels of one output row.
static inline __attribute__((always_inline)) void convolve_row(const kernel_extents k, const linnet_s8_depthwise *d,
                                                               const block *b, pairs *const *rows, int8_t *y) {
  const size_t channels = d->channels;
  size_t left = d->out_width, column = 0;
  for (; left >= 4; left -= 4, column += 4 * k.stride, y += 4 * channels) {
    convolve(4, k, b, rows, column, y, channels);
  }
  switch (left) {
    case 3: convolve(3, k, b, rows, column, y, channels); break;
    case 2: convolve(2, k, b, rows, column, y, channels); break;
    case 1: convolve(1, k, b, rows, column, y, channels); break;
  }
}

/// The kernels of common networks as constants, any other as it comes.
static void convolve_row_of(const linnet_s8_depthwise *d, const block *b, pairs *const *rows, int8_t *y) {
  const kernel_extents k = {d->kernel_height, d->kernel_width, d->stride_width};
  const int is_3 = k.height == 3 && k.width == 3, is_5 = k.height == 5 && k.width == 5;
  if (is_3 && k.stride == 1) {
    convolve_row((kernel_extents){3, 3, 1}, d, b, rows, y);
  } else if (is_3 && k.stride == 2) {
    convolve_row((kernel_extents){3, 3, 2}, d, b, rows, y);
  } else if (is_5 && k.stride == 1) {
    convolve_row((kernel_extents){5, 5, 1}, d, b, rows, y);
  } else if (is_5 && k.stride == 2) {
    convolve_row((kernel_extents){5, 5, 2}, d, b, rows, y);
  } else {
    convolve_row(k, d, b, rows, y);
  }
}

enum { MAX_KERNEL_HEIGHT = 64 };

/// The pairs of rows under an output row. Those that an output row above had made are still in the ring.
typedef struct ring {
  pairs *slots;
  size_t size;
  size_t held[MAX_KERNEL_HEIGHT];
  pairs *last;
} ring;

static void take_rows(const span *s, size_t oy, ring *r, pairs **rows) {
  const linnet_s8_depthwise *d = s->d;
  const size_t first = oy * d->stride_height;
  size_t ky = 0;
  for (; ky + 1 < d->kernel_height; ky += 2) {
    const size_t slot = (first + ky) % r->size;
    rows[ky / 2] = r->slots + slot * s->count;
    if (r->held[slot] == first + ky) continue;
    r->held[slot] = first + ky;
    pair_rows(s, first + ky, rows[ky / 2]);
  }
  if (ky < d->kernel_height) {
    rows[ky / 2] = r->last;
    pair_columns(s, first + ky, r->last);
  }
}

static inline size_t least(size_t a, size_t b) { return a < b ? a : b; }

void linnet_s8_depthwise_16c2__sse41(const linnet_s8_depthwise *d, size_t first_row, size_t end_row,
                                    size_t first_channel, size_t end_channel, void *scratch) {
  const size_t count = (d->out_width - 1) * d->stride_width + d->kernel_width;
  span s = {d, 0, least(d->pad_left, count), least(d->pad_left + d->in_width, count), count,
            _mm_set1_epi8(d->zero_point)};
  pairs *weights = scratch;
  ring r = {.slots = weights + d->kernel_width * ((d->kernel_height + 1) / 2),
            .size = d->kernel_height < 2 ? 1 : d->kernel_height / 2 * 2 - 1};
  r.last = r.slots + r.size * count;

  for (size_t channel = first_channel; channel < end_channel; channel += 16) {
    s.channel = channel;
    pair_weights(d, channel, weights);
    memset(r.held, 0xFF, sizeof r.held);
    block blocks[4];
    const size_t parts = least((end_channel - channel + 3) / 4, 4);
    for (size_t part = 0; part < parts; part++) {
      const size_t first = channel + 4 * part;
      const block b = {weights,
                       _mm_loadu_si128((const __m128i *)(d->requantisation.bias + first)),
                       d->requantisation.multiplier + first,
                       linnet_sse41_range_of(&d->requantisation),
                       part,
                       least(end_channel - first, 4)};
      blocks[part] = b;
    }
    for (size_t oy = first_row; oy < end_row; oy++) {
      pairs *rows[MAX_KERNEL_HEIGHT / 2];
      take_rows(&s, oy, &r, rows);
      int8_t *y = d->y + oy % d->out_ring * d->out_width * d->channels + channel;
      for (size_t part = 0; part < parts; part++) convolve_row_of(d, &blocks[part], rows, y + 4 * part);
    }
  }
}

#pragma clang attribute pop

#endif
