#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))), apply_to = function)

#include "../portable/avx512_requantise.h"

#define INLINE static inline __attribute__((always_inline))

enum {
  MAX_KERNEL_HEIGHT = 64,
  /// Pieces of a vector at most.
  MAX_PIECES = 4,
  /// Blocks of channels that take turns over a strip: as many as these hold the weights of, at least one.
  MAX_BLOCKS = 8,
  WEIGHT_BYTES = 4096,
  /// What a strip may take of the first-level cache: its rows of the input and one block's interleaved columns.
  STRIP_BYTES = 32768,
};
/// Four vectors whose 128-bit lane i together hold channels 16i … 16i+15 of a block of 64: the order in which
/// `unpack` leaves interleaved rows, and from which `pack` restores the natural one.
typedef struct quad {
  __m512i part[4];
} quad;

/// Sixty-four 32-bit values in natural order → lane order; a block of 64 / `pieces` channels once for every piece.
static inline quad lanes_from(const void *source, size_t vector_bytes, size_t panels, size_t pieces) {
  const char *bytes = source;
  __m512i natural[4];
  for (size_t i = 0; i < 4; i++) {
    const size_t panel = i % (4 / pieces);
    natural[i] = panel < panels ? _mm512_loadu_si512(bytes + panel * vector_bytes) : _mm512_setzero_si512();
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

/// Four rows of one column, interleaved to 4-byte groups of a channel.
INLINE quad interleave(const __m512i r[4]) {
  const __m512i low01 = _mm512_unpacklo_epi8(r[0], r[1]), high01 = _mm512_unpackhi_epi8(r[0], r[1]);
  const __m512i low23 = _mm512_unpacklo_epi8(r[2], r[3]), high23 = _mm512_unpackhi_epi8(r[2], r[3]);
  const quad result = {{_mm512_unpacklo_epi16(low01, low23), _mm512_unpackhi_epi16(low01, low23),
                        _mm512_unpacklo_epi16(high01, high23), _mm512_unpackhi_epi16(high01, high23)}};
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

/// What stays the same for all rows of a block of channels.
///
/// A block is 64 channels, or 32 or 16 of them in two or four pieces of a vector: the same channels of two or four
/// segments of a strip.
typedef struct block {
  size_t channel;
  size_t pieces;
  __mmask64 mask;
  quad bias;
  quad multiplier;
  const quad *weights;
} block;

/// What the blocks of a call share.
typedef struct plan {
  size_t channels;
  /// Between one output of a tile and the next.
  size_t output_bytes;
  /// A vector of a row outside the picture, made unsigned, and a whole column there.
  __m512i outside_row;
  quad outside;
  linnet_avx512_range range;
  int32_t is_clamped;
  int8_t zero_points[64];
} plan;

/// A set of output rows: where they are written, and the input rows under them. A row outside the picture has no
/// bit of `inside`; what is read in its place is not used.
typedef struct row_set {
  size_t count;
  int8_t *y[4];
  const int8_t *x[MAX_KERNEL_HEIGHT];
  __mmask16 inside[MAX_KERNEL_HEIGHT];
} row_set;

/// Outputs of a row made from one buffer of interleaved columns, in segments of `width` that begin at the outputs
/// `start`; the last ones end where the strip ends.
typedef struct strip {
  size_t width;
  size_t start[MAX_PIECES];
  /// Bytes of output between the first segment and segment i.
  size_t distance[MAX_PIECES];
} strip;

INLINE __m512i join(size_t pieces, const int8_t *a, const int8_t *b, const int8_t *c, const int8_t *d) {
  if (pieces == 1) return _mm512_loadu_si512(a);
  if (pieces == 2) {
    return _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)a)),
                              _mm256_loadu_si256((const __m256i *)b), 1);
  }
  __m512i joined = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)a));
  joined = _mm512_inserti32x4(joined, _mm_loadu_si128((const __m128i *)b), 1);
  joined = _mm512_inserti32x4(joined, _mm_loadu_si128((const __m128i *)c), 2);
  return _mm512_inserti32x4(joined, _mm_loadu_si128((const __m128i *)d), 3);
}

/// Group `group` of `count` columns of every segment from `at` on, all inside the picture.
INLINE void interleave_inside(const shape s, const size_t pieces, const size_t group, const plan *plan,
                              const block *b, const strip *strip, const row_set *rows, ptrdiff_t at, size_t count,
                              quad *column) {
  const size_t groups = groups_of(s);
  const __m512i flip = _mm512_set1_epi8((char)0x80), outside = plan->outside_row;
  const size_t channels = plan->channels;
  // Read once: the columns written below may alias anything.
  const int8_t *x[4];
  __mmask16 mask[4];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < 4; i++) {
    x[i] = rows->x[4 * group + i];
    mask[i] = rows->inside[4 * group + i];
  }
  size_t offset[MAX_PIECES];
#pragma clang loop unroll(full)
  for (size_t p = 0; p < MAX_PIECES; p++) {
    const ptrdiff_t ix = at + (ptrdiff_t)(strip->start[p < pieces ? p : 0] * s.stride_width);
    offset[p] = (size_t)ix * channels + b->channel;
  }
  for (size_t c = 0; c < count; c++) {
    __m512i r[4];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 4; i++) {
      if (4 * group + i >= set_reach_of(s)) {
        r[i] = r[i - 1];
        continue;
      }
      const __m512i row = join(pieces, x[i] + offset[0], x[i] + offset[1], x[i] + offset[2], x[i] + offset[3]);
      r[i] = _mm512_mask_xor_epi32(outside, mask[i], row, flip);
    }
    column[c * groups + group] = interleave(r);
#pragma clang loop unroll(full)
    for (size_t p = 0; p < pieces; p++) offset[p] += channels;
  }
}

/// The same of one column where some segments may reach beyond the picture.
static __attribute__((noinline)) void interleave_edge(const linnet_s8_depthwise *d, const plan *plan, const block *b,
                                                      const strip *strip, const row_set *rows, size_t group,
                                                      ptrdiff_t at, quad *column) {
  __m512i r[4];
  for (size_t i = 0; i < 4; i++) {
    const size_t row = 4 * group + i;
    const int8_t *piece[MAX_PIECES];
#pragma clang loop unroll(full)
    for (size_t p = 0; p < MAX_PIECES; p++) {
      const size_t ix = (size_t)at + strip->start[p] * d->stride_width;
      piece[p] = ix < d->in_width ? rows->x[row] + ix * d->channels + b->channel : plan->zero_points;
    }
    const __m512i joined = join(b->pieces, piece[0], piece[1], piece[2], piece[3]);
    r[i] = _mm512_mask_xor_epi32(plan->outside_row, rows->inside[row], joined, _mm512_set1_epi8((char)0x80));
  }
  *column = interleave(r);
}

INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/// Group `group` of all columns under a strip.
INLINE void interleave_group(const shape s, const size_t group, const linnet_s8_depthwise *d, const plan *plan,
                             const block *b, const strip *strip, const row_set *rows, quad *columns) {
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
    if (b->pieces == 1) {
      columns[at * groups + group] = plan->outside;
    } else {
      interleave_edge(d, plan, b, strip, rows, group, (ptrdiff_t)at + origin, columns + at * groups + group);
    }
  }
  if (inside == outside) return;
  const ptrdiff_t at = (ptrdiff_t)inside + origin;
  quad *column = columns + inside * groups;
  switch (b->pieces) {
    case 1: interleave_inside(s, 1, group, plan, b, strip, rows, at, outside - inside, column); break;
    case 2: interleave_inside(s, 2, group, plan, b, strip, rows, at, outside - inside, column); break;
    default: interleave_inside(s, 4, group, plan, b, strip, rows, at, outside - inside, column); break;
  }
}

INLINE void interleave_columns(const shape s, const linnet_s8_depthwise *d, const plan *plan, const block *b,
                               const strip *strip, const row_set *rows, quad *columns) {
  if (groups_of(s) <= 2) {
    interleave_group(s, 0, d, plan, b, strip, rows, columns);
    if (groups_of(s) == 2) interleave_group(s, 1, d, plan, b, strip, rows, columns);
  } else {
    for (size_t group = 0; group < groups_of(s); group++) {
      interleave_group(s, group, d, plan, b, strip, rows, columns);
    }
  }
}

/// rne((float)sum · multiplier) of two parts as 16 bits, zero point added.
INLINE __m512i scaled_pair(const plan *plan, const block *b, size_t part, __m512i first, __m512i second) {
  const __m512 *multiplier = (const __m512 *)&b->multiplier.part[part];
  const __m512i low = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_cvtepi32_ps(first), multiplier[0]));
  const __m512i high = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_cvtepi32_ps(second), multiplier[1]));
  return _mm512_adds_epi16(_mm512_packs_epi32(low, high), plan->range.zero_point);
}

/// The codes of one output in every segment.
INLINE void store(const size_t pieces, const block *b, const strip *strip, __m512i codes, int8_t *y) {
  if (pieces == 1) {
    _mm512_mask_storeu_epi8(y, b->mask, codes);
  } else if (pieces == 2) {
    _mm256_mask_storeu_epi8(y, (__mmask32)b->mask, _mm512_castsi512_si256(codes));
    _mm256_mask_storeu_epi8(y + strip->distance[1], (__mmask32)b->mask, _mm512_extracti64x4_epi64(codes, 1));
  } else {
    _mm_mask_storeu_epi8(y, (__mmask16)b->mask, _mm512_castsi512_si128(codes));
    _mm_mask_storeu_epi8(y + strip->distance[1], (__mmask16)b->mask, _mm512_extracti32x4_epi32(codes, 1));
    _mm_mask_storeu_epi8(y + strip->distance[2], (__mmask16)b->mask, _mm512_extracti32x4_epi32(codes, 2));
    _mm_mask_storeu_epi8(y + strip->distance[3], (__mmask16)b->mask, _mm512_extracti32x4_epi32(codes, 3));
  }
}

INLINE void store_tile(const size_t pieces, const size_t rows, const size_t outputs, const plan *plan, const block *b,
                       const strip *strip, __m512i codes[2][4], int8_t *const *y, size_t y_offset) {
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
    for (size_t o = 0; o < outputs; o++) {
      store(pieces, b, strip, codes[i][o], y[i] + y_offset + o * plan->output_bytes);
    }
  }
}

/// `outputs` neighbouring outputs of `rows` rows, two parts after the other two: at most 2 rows · 4 outputs · 2 parts
/// in sums, so that a vector of weights serves four outputs and a vector of the columns two rows.
INLINE void tile(const size_t rows, const size_t outputs, const shape s, const plan *plan, const block *b,
                 const strip *strip, const quad *x, const quad *weights, int8_t *const *y, size_t y_offset) {
  const size_t groups = groups_of(s), taps = s.kernel_width * groups, step = s.stride_width * groups;
  __m512i pairs[2][2][4];
#pragma clang loop unroll(full)
  for (size_t half = 0; half < 2; half++) {
    const size_t part = 2 * half;
    __m512i sums[2][4][2];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
      for (size_t o = 0; o < outputs; o++) {
        sums[i][o][0] = b->bias.part[part];
        sums[i][o][1] = b->bias.part[part + 1];
      }
    }
#pragma clang loop unroll(disable)
    for (size_t tap = 0; tap < taps; tap++) {
#pragma clang loop unroll(full)
      for (size_t j = 0; j < 2; j++) {
        __m512i w[2];
#pragma clang loop unroll(full)
        for (size_t i = 0; i < rows; i++) w[i] = weights[i * taps + tap].part[part + j];
#pragma clang loop unroll(full)
        for (size_t o = 0; o < outputs; o++) {
          const __m512i column = x[o * step + tap].part[part + j];
#pragma clang loop unroll(full)
          for (size_t i = 0; i < rows; i++) sums[i][o][j] = _mm512_dpbusd_epi32(sums[i][o][j], column, w[i]);
        }
      }
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
      for (size_t o = 0; o < outputs; o++) pairs[half][i][o] = scaled_pair(plan, b, part, sums[i][o][0], sums[i][o][1]);
    }
  }
  __m512i codes[2][4];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
    for (size_t o = 0; o < outputs; o++) codes[i][o] = _mm512_packs_epi16(pairs[0][i][o], pairs[1][i][o]);
  }
  if (plan->is_clamped) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
      for (size_t o = 0; o < outputs; o++) {
        codes[i][o] = linnet_avx512_clamp(codes[i][o], &plan->range);
      }
    }
  }
  switch (b->pieces) {
    case 1: store_tile(1, rows, outputs, plan, b, strip, codes, y, y_offset); break;
    case 2: store_tile(2, rows, outputs, plan, b, strip, codes, y, y_offset); break;
    default: store_tile(4, rows, outputs, plan, b, strip, codes, y, y_offset);
  }
}

INLINE void tile_of(const size_t rows, size_t outputs, const shape s, const plan *plan, const block *b,
                    const strip *strip, const quad *x, const quad *weights, int8_t *const *y, size_t y_offset) {
  switch (outputs) {
    case 1: tile(rows, 1, s, plan, b, strip, x, weights, y, y_offset); break;
    case 2: tile(rows, 2, s, plan, b, strip, x, weights, y, y_offset); break;
    case 3: tile(rows, 3, s, plan, b, strip, x, weights, y, y_offset); break;
    default: tile(rows, 4, s, plan, b, strip, x, weights, y, y_offset);
  }
}

/// A set of `count` output rows from `oy` on, `under` input rows under it.
static row_set rows_from(const linnet_s8_depthwise *d, size_t under, size_t count, size_t oy) {
  const size_t in_row = d->in_width * d->channels, out_row = d->out_width * d->channels;
  row_set rows = {.count = count};
  // Unsigned wrap-around makes rows above the picture compare as outside.
  size_t iy = oy * d->stride_height - d->pad_top;
  for (size_t r = 0; r < under; r++, iy++) {
    const int is_inside = iy < d->in_height;
    rows.x[r] = d->x + (is_inside ? iy % d->in_ring * in_row : 0);
    rows.inside[r] = is_inside ? 0xFFFF : 0;
  }
  for (size_t i = 0; i < count; i++) rows.y[i] = d->y + (oy + i) % d->out_ring * out_row;
  return rows;
}

/// The weights of an output row's taps are given; those of row i of a set are shifted down by i strides.
INLINE void shift_weights(const shape s, quad *weights) {
  const size_t groups = groups_of(s), taps = s.kernel_width * groups;
  for (size_t row = 1; row < set_rows_of(s); row++) {
    const unsigned bits = (unsigned)(8 * row * s.stride_height);
    for (size_t tap = 0; tap < taps; tap++) {
      for (size_t j = 0; j < 4; j++) {
        const __m512i carried = tap % groups ? weights[tap - 1].part[j] : _mm512_setzero_si512();
        weights[row * taps + tap].part[j] = _mm512_or_si512(_mm512_slli_epi32(weights[tap].part[j], bits),
                                                            _mm512_srli_epi32(carried, 32 - bits));
      }
    }
  }
}

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
#pragma clang loop unroll(full)
  for (size_t i = 0; i < 4; i++) {
    x[i] = rows->x[4 * group + i];
    mask[i] = rows->inside[4 * group + i];
  }
  quad *column = columns + group;
  for (size_t v = 0; v < count; v++, ix += (ptrdiff_t)pixels) {
    for (ptrdiff_t at = ix; at < ix + (ptrdiff_t)s.kernel_width; at++, column += groups_of(s)) {
      const __mmask64 inside = inside_pixels(d, all, pixels, at);
      __m512i r[4];
#pragma clang loop unroll(full)
      for (size_t i = 0; i < 4; i++) {
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
