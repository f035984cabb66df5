/// What the parts of the AVX-512 VNNI depthwise kernel share: blocks of channels in lane order, sets of output rows,
/// strips of a row. Included, as the parts are, inside their target region.
#ifndef LINNET_DEPTHWISE_AVX512VNNI_LAYOUT_H
#define LINNET_DEPTHWISE_AVX512VNNI_LAYOUT_H

#include "linnet_kernels.h"

#include "../portable/avx512_requantise.h"
#include "../portable/specialise.h"

enum {
  MAX_KERNEL_HEIGHT = 64,
  /// Pieces of a vector at most.
  MAX_PIECES = 4,
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

INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

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

#endif
