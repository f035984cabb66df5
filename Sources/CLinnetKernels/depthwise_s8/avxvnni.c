#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)

#include "../portable/avx_codes.h"
#include "../portable/specialise.h"

enum {
  MAX_KERNEL_HEIGHT = 64,
  /// What a strip may take of the first-level cache: its rows of the input and one block's interleaved columns.
  STRIP_BYTES = 24576,
};

/// Thirty-two channels, 32 bits each: part j, 128-bit lane i holds channels 16i+4j … 16i+4j+3. `unpack` leaves
/// interleaved rows in this order, and `pack` restores the natural one.
typedef struct quad {
  __m256i part[4];
} quad;

/// From natural order: sixteen values at `low`, sixteen at `high`.
static inline quad lanes_from(const void *low, const void *high) {
  quad result;
  UNROLL for (int j = 0; j < 4; j++) {
    const __m128i first = _mm_loadu_si128((const __m128i *)low + j);
    const __m128i second = _mm_loadu_si128((const __m128i *)high + j);
    result.part[j] = _mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1);
  }
  return result;
}

/// Up to four rows of one column, interleaved to 4-byte groups of a channel and made unsigned.
INLINE quad interleave(const __m256i *r) {
  const __m256i flip = _mm256_set1_epi8((char)0x80);
  const __m256i r0 = _mm256_xor_si256(r[0], flip), r1 = _mm256_xor_si256(r[1], flip);
  const __m256i r2 = _mm256_xor_si256(r[2], flip), r3 = _mm256_xor_si256(r[3], flip);
  const __m256i low01 = _mm256_unpacklo_epi8(r0, r1), high01 = _mm256_unpackhi_epi8(r0, r1);
  const __m256i low23 = _mm256_unpacklo_epi8(r2, r3), high23 = _mm256_unpackhi_epi8(r2, r3);
  const quad result = {{_mm256_unpacklo_epi16(low01, low23), _mm256_unpackhi_epi16(low01, low23),
                        _mm256_unpacklo_epi16(high01, high23), _mm256_unpackhi_epi16(high01, high23)}};
  return result;
}

/// The extents that the hot loops want as constants.
typedef struct shape {
  size_t kernel_height, kernel_width;
  size_t stride_height, stride_width;
} shape;

INLINE size_t groups_of(shape s) { return (s.kernel_height + 3) / 4; }

/// Output rows that find all their input rows within the same groups of four.
INLINE size_t set_rows_of(shape s) { return (4 * groups_of(s) - s.kernel_height) / s.stride_height + 1; }

/// Input rows under a set.
INLINE size_t set_reach_of(shape s) { return (set_rows_of(s) - 1) * s.stride_height + s.kernel_height; }

INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/// What stays the same for all rows of a block: 32 channels, or 16 in two pieces of a vector, which are the same
/// channels of two segments of a strip.
typedef struct block {
  size_t channel, channels;
  size_t pieces;
  size_t stored;
  quad bias;
  quad multiplier;
  const quad *weights;
  linnet_avx_range range;
  int32_t is_clamped;
  int8_t zero_points[32];
} block;

/// A set of output rows, and the input rows under them. A row outside the picture is one vector of zero points in
/// every column: its columns are 0 apart.
typedef struct row_set {
  size_t count;
  int8_t *y[4];
  const int8_t *x[MAX_KERNEL_HEIGHT];
  size_t step[MAX_KERNEL_HEIGHT];
} row_set;

/// Outputs of a row made from one buffer of interleaved columns, in one or two segments of `width` that begin at the
/// outputs `start`; the last one ends where the strip ends.
typedef struct strip {
  size_t width;
  size_t start[2];
} strip;

INLINE __m256i join(const size_t pieces, const int8_t *a, const int8_t *b) {
  if (pieces == 1) return _mm256_loadu_si256((const __m256i *)a);
  return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)a)),
                                 _mm_loadu_si128((const __m128i *)b), 1);
}

/// Group `group` of `count` columns of every segment from column `at` of the picture on, all inside it.
INLINE void interleave_inside(const shape s, const size_t pieces, const size_t group, const block *b,
                              const strip *strip, const row_set *rows, ptrdiff_t at, size_t count, quad *column) {
  const size_t groups = groups_of(s);
  const int8_t *p[4][2];
  size_t step[4];
  UNROLL for (size_t i = 0; i < 4; i++) {
    step[i] = rows->step[4 * group + i];
    UNROLL for (size_t j = 0; j < pieces; j++) {
      const ptrdiff_t ix = at + (ptrdiff_t)(strip->start[j] * s.stride_width);
      p[i][j] = rows->x[4 * group + i] + ix * (ptrdiff_t)step[i];
    }
  }
  for (size_t c = 0; c < count; c++) {
    __m256i r[4];
    UNROLL for (size_t i = 0; i < 4; i++) {
      if (4 * group + i >= set_reach_of(s)) {
        r[i] = r[i - 1];
        continue;
      }
      r[i] = join(pieces, p[i][0], p[i][pieces - 1]);
      UNROLL for (size_t j = 0; j < pieces; j++) p[i][j] += step[i];
    }
    column[c * groups + group] = interleave(r);
  }
}

/// The same of one column where some segments may reach beyond the picture.
static __attribute__((noinline)) void interleave_edge(const linnet_s8_depthwise *d, const block *b,
                                                      const strip *strip, const row_set *rows, size_t group,
                                                      ptrdiff_t at, quad *column) {
  __m256i r[4];
  for (size_t i = 0; i < 4; i++) {
    const size_t row = 4 * group + i;
    const int8_t *piece[2];
    for (size_t p = 0; p < 2; p++) {
      const size_t ix = (size_t)at + strip->start[p] * d->stride_width;
      piece[p] = ix < d->in_width ? rows->x[row] + ix * rows->step[row] : b->zero_points;
    }
    r[i] = join(b->pieces, piece[0], piece[1]);
  }
  *column = interleave(r);
}

/// Group `group` of all columns under a strip.
INLINE void interleave_group(const shape s, const size_t group, const linnet_s8_depthwise *d, const block *b,
                             const strip *strip, const row_set *rows, quad *columns) {
  const size_t groups = groups_of(s);
  const size_t count = (strip->width - 1) * s.stride_width + s.kernel_width;
  const size_t first = strip->start[0] * s.stride_width, last = strip->start[b->pieces - 1] * s.stride_width;
  // Columns [inside, outside) of every segment lie inside the picture.
  const size_t inside = smaller(first < d->pad_left ? d->pad_left - first : 0, count);
  const size_t reach = d->in_width + d->pad_left;
  size_t outside = last < reach ? smaller(reach - last, count) : 0;
  if (outside < inside) outside = inside;
  const ptrdiff_t origin = -(ptrdiff_t)d->pad_left;
  for (size_t at = 0; at < count; at++) {
    if (at == inside) at = outside;
    if (at == count) break;
    interleave_edge(d, b, strip, rows, group, (ptrdiff_t)at + origin, columns + at * groups + group);
  }
  if (inside == outside) return;
  const ptrdiff_t at = (ptrdiff_t)inside + origin;
  if (b->pieces == 1) {
    interleave_inside(s, 1, group, b, strip, rows, at, outside - inside, columns + inside * groups);
  } else {
    interleave_inside(s, 2, group, b, strip, rows, at, outside - inside, columns + inside * groups);
  }
}

/// `outputs` neighbouring outputs of `rows` rows, two parts and then the other two: at most 2 rows · 2 outputs ·
/// 2 parts in sums.
INLINE void tile(const size_t rows, const size_t outputs, const shape s, const block *b, const strip *strip,
                 const quad *x, const quad *weights, int8_t *const *y, size_t y_offset) {
  const size_t groups = groups_of(s), taps = s.kernel_width * groups, step = s.stride_width * groups;
  __m256i pairs[2][2][2];
  UNROLL for (size_t half = 0; half < 2; half++) {
    const size_t part = 2 * half;
    __m256i sums[2][2][2];
    UNROLL for (size_t i = 0; i < rows; i++) {
      UNROLL for (size_t o = 0; o < outputs; o++) {
        sums[i][o][0] = b->bias.part[part];
        sums[i][o][1] = b->bias.part[part + 1];
      }
    }
#pragma clang loop unroll(disable)
    for (size_t tap = 0; tap < taps; tap++) {
      UNROLL for (size_t j = 0; j < 2; j++) {
        __m256i w[2];
        UNROLL for (size_t i = 0; i < rows; i++) w[i] = weights[i * taps + tap].part[part + j];
        UNROLL for (size_t o = 0; o < outputs; o++) {
          const __m256i column = x[o * step + tap].part[part + j];
          UNROLL for (size_t i = 0; i < rows; i++) sums[i][o][j] = _mm256_dpbusd_avx_epi32(sums[i][o][j], column, w[i]);
        }
      }
    }
    const __m256 low = _mm256_castsi256_ps(b->multiplier.part[part]);
    const __m256 high = _mm256_castsi256_ps(b->multiplier.part[part + 1]);
    UNROLL for (size_t i = 0; i < rows; i++) {
      UNROLL for (size_t o = 0; o < outputs; o++) {
        const __m256i pair =
            _mm256_packs_epi32(linnet_avx_scale(sums[i][o][0], low), linnet_avx_scale(sums[i][o][1], high));
        pairs[half][i][o] = _mm256_adds_epi16(pair, b->range.zero_point);
      }
    }
  }
  __m256i codes[2][2];
  UNROLL for (size_t i = 0; i < rows; i++) {
    UNROLL for (size_t o = 0; o < outputs; o++) {
      codes[i][o] = _mm256_packs_epi16(pairs[0][i][o], pairs[1][i][o]);
      if (b->is_clamped) codes[i][o] = linnet_avx_clamp(codes[i][o], &b->range);
    }
  }
  const size_t second = (strip->start[1] - strip->start[0]) * b->channels;
  UNROLL for (size_t i = 0; i < rows; i++) {
    UNROLL for (size_t o = 0; o < outputs; o++) {
      int8_t *c = y[i] + y_offset + o * b->channels;
      if (b->pieces == 1) {
        linnet_avx_store_columns(c, codes[i][o], b->stored);
      } else {
        linnet_avx_store_lane(c, _mm256_castsi256_si128(codes[i][o]), b->stored);
        linnet_avx_store_lane(c + second, _mm256_extracti128_si256(codes[i][o], 1), b->stored);
      }
    }
  }
}

/// A set of `count` output rows from `oy` on.
static row_set rows_from(const linnet_s8_depthwise *d, const block *b, size_t count, size_t oy) {
  const size_t in_row = d->in_width * d->channels, out_row = d->out_width * d->channels;
  row_set rows = {.count = count};
  // Unsigned wrap-around makes rows above the picture compare as outside.
  size_t iy = oy * d->stride_height - d->pad_top;
  for (size_t r = 0; r < (d->kernel_height + 3) / 4 * 4; r++, iy++) {
    const int is_inside = iy < d->in_height;
    rows.x[r] = is_inside ? d->x + iy % d->in_ring * in_row + b->channel : b->zero_points;
    rows.step[r] = is_inside ? d->channels : 0;
  }
  for (size_t i = 0; i < count; i++) rows.y[i] = d->y + (oy + i) % d->out_ring * out_row + b->channel;
  return rows;
}

/// A tap's weights in lane order for every output row of a set: those of row i are shifted down by i strides.
INLINE void spread_weights(const shape s, const linnet_s8_depthwise *d, const block *b, size_t second,
                           quad *weights) {
  const size_t groups = groups_of(s), taps = s.kernel_width * groups;
  const int8_t *panel = d->w + b->channel / 16 * taps * 64;
  for (size_t tap = 0; tap < taps; tap++) {
    weights[tap] = lanes_from(panel + tap * 64, panel + (second / 16 * taps + tap) * 64);
  }
  for (size_t row = 1; row < set_rows_of(s); row++) {
    const int bits = (int)(8 * row * s.stride_height);
    for (size_t tap = 0; tap < taps; tap++) {
      for (size_t j = 0; j < 4; j++) {
        const __m256i carried = tap % groups ? weights[tap - 1].part[j] : _mm256_setzero_si256();
        weights[row * taps + tap].part[j] = _mm256_or_si256(_mm256_slli_epi32(weights[tap].part[j], bits),
                                                            _mm256_srli_epi32(carried, 32 - bits));
      }
    }
  }
}

/// Outputs [first, end) of one set of rows.
INLINE void convolve_strip(const shape s, const linnet_s8_depthwise *d, const block *b, size_t first, size_t end,
                           const row_set *rows, quad *columns) {
  const size_t groups = groups_of(s), taps = s.kernel_width * groups;
  strip strip = {.width = (end - first + b->pieces - 1) / b->pieces, .start = {first, first}};
  if (b->pieces == 2) strip.start[1] = end - strip.width;
  for (size_t group = 0; group < groups; group++) interleave_group(s, group, d, b, &strip, rows, columns);
  for (size_t ox = 0; ox < strip.width; ox += 2) {
    const size_t outputs = smaller(strip.width - ox, 2);
    const quad *x = columns + ox * s.stride_width * groups;
    const size_t offset = (first + ox) * d->channels;
    for (size_t i = 0; i < rows->count; i += 2) {
      const quad *weights = b->weights + i * taps;
      if (i + 1 < rows->count) {
        if (outputs == 2) {
          tile(2, 2, s, b, &strip, x, weights, rows->y + i, offset);
        } else {
          tile(2, 1, s, b, &strip, x, weights, rows->y + i, offset);
        }
      } else if (outputs == 2) {
        tile(1, 2, s, b, &strip, x, weights, rows->y + i, offset);
      } else {
        tile(1, 1, s, b, &strip, x, weights, rows->y + i, offset);
      }
    }
  }
}

/// Output rows [first_row, end_row) of a block.
INLINE void convolve(const shape s, const linnet_s8_depthwise *d, size_t first_row, size_t end_row, const block *b,
                     quad *columns) {
  const size_t set_rows = set_rows_of(s);
  const size_t most_columns = STRIP_BYTES / (set_reach_of(s) * 32 + groups_of(s) * sizeof(quad));
  const size_t most = most_columns > s.kernel_width + 8 * s.stride_width
                          ? (most_columns - s.kernel_width) / s.stride_width
                          : 8;
  const size_t strips = (d->out_width + most - 1) / most;
  const size_t width = ((d->out_width + strips - 1) / strips + 3) / 4 * 4;
  for (size_t oy = first_row; oy < end_row; oy += set_rows) {
    const row_set rows = rows_from(d, b, smaller(end_row - oy, set_rows), oy);
    for (size_t first = 0; first < d->out_width; first += width) {
      convolve_strip(s, d, b, first, smaller(first + width, d->out_width), &rows, columns);
    }
  }
}

/// With the shape's extents as constants where it is a common one.
static void convolve_shape(const shape s, const linnet_s8_depthwise *d, size_t first_row, size_t end_row,
                           const block *b, quad *columns) {
#define LINNET_CONVOLVE(kernel, stride)                                                                    \
  if (s.kernel_height == kernel && s.kernel_width == kernel && s.stride_height == stride &&                \
      s.stride_width == stride) {                                                                          \
    const shape constant = {kernel, kernel, stride, stride};                                               \
    convolve(constant, d, first_row, end_row, b, columns);                                                 \
    return;                                                                                                \
  }
  LINNET_CONVOLVE(3, 1)
  LINNET_CONVOLVE(3, 2)
  LINNET_CONVOLVE(5, 1)
  LINNET_CONVOLVE(5, 2)
#undef LINNET_CONVOLVE
  convolve(s, d, first_row, end_row, b, columns);
}

void linnet_s8_depthwise_32c4__avxvnni(const linnet_s8_depthwise *d, size_t first_row, size_t end_row,
                                       size_t first_channel, size_t end_channel, void *scratch) {
  const linnet_requantisation *q = &d->requantisation;
  const shape s = {d->kernel_height, d->kernel_width, d->stride_height, d->stride_width};
  quad *weights = scratch;
  quad *columns = weights + set_rows_of(s) * s.kernel_width * groups_of(s);
  for (size_t channel = first_channel; channel < end_channel; channel += 32) {
    const size_t stored = smaller(end_channel - channel, 32);
    // A last block of sixteen channels or fewer takes their panel twice, for two segments of every row.
    const size_t second = stored > 16 ? 16 : 0;
    block b = {.channel = channel,
               .channels = d->channels,
               .pieces = stored > 16 ? 1 : 2,
               .stored = stored,
               .bias = lanes_from(q->biased + channel, q->biased + channel + second),
               .multiplier = lanes_from(q->multiplier + channel, q->multiplier + channel + second),
               .weights = weights,
               .range = linnet_avx_range_of(q),
               .is_clamped = q->least > -128 || q->greatest < 127};
    _mm256_storeu_si256((__m256i *)b.zero_points, _mm256_set1_epi8(d->zero_point));
    spread_weights(s, d, &b, second, weights);
    convolve_shape(s, d, first_row, end_row, &b, columns);
  }
}

#pragma clang attribute pop

#endif
