/// Rows become lanes: the input rows under a strip as interleaved columns.
#ifndef LINNET_DEPTHWISE_AVX512VNNI_COLUMNS_H
#define LINNET_DEPTHWISE_AVX512VNNI_COLUMNS_H

#include "avx512vnni_layout.h"

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
  UNROLL for (size_t i = 0; i < 4; i++) {
    x[i] = rows->x[4 * group + i];
    mask[i] = rows->inside[4 * group + i];
  }
  size_t offset[MAX_PIECES];
  UNROLL for (size_t p = 0; p < MAX_PIECES; p++) {
    const ptrdiff_t ix = at + (ptrdiff_t)(strip->start[p < pieces ? p : 0] * s.stride_width);
    offset[p] = (size_t)ix * channels + b->channel;
  }
  for (size_t c = 0; c < count; c++) {
    __m512i r[4];
    UNROLL for (size_t i = 0; i < 4; i++) {
      if (4 * group + i >= set_reach_of(s)) {
        r[i] = r[i - 1];
        continue;
      }
      const __m512i row = join(pieces, x[i] + offset[0], x[i] + offset[1], x[i] + offset[2], x[i] + offset[3]);
      r[i] = _mm512_mask_xor_epi32(outside, mask[i], row, flip);
    }
    column[c * groups + group] = interleave(r);
    UNROLL for (size_t p = 0; p < pieces; p++) offset[p] += channels;
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
    UNROLL for (size_t p = 0; p < MAX_PIECES; p++) {
      const size_t ix = (size_t)at + strip->start[p] * d->stride_width;
      piece[p] = ix < d->in_width ? rows->x[row] + ix * d->channels + b->channel : plan->zero_points;
    }
    const __m512i joined = join(b->pieces, piece[0], piece[1], piece[2], piece[3]);
    r[i] = _mm512_mask_xor_epi32(plan->outside_row, rows->inside[row], joined, _mm512_set1_epi8((char)0x80));
  }
  *column = interleave(r);
}

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

#endif
