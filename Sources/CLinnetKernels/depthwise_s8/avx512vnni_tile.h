/// Neighbouring outputs of one or two rows from interleaved columns: dot products, requantisation, stores.
#ifndef LINNET_DEPTHWISE_AVX512VNNI_TILE_H
#define LINNET_DEPTHWISE_AVX512VNNI_TILE_H

#include "avx512vnni_layout.h"

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
  UNROLL for (size_t i = 0; i < rows; i++) {
    UNROLL for (size_t o = 0; o < outputs; o++) {
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
  UNROLL for (size_t half = 0; half < 2; half++) {
    const size_t part = 2 * half;
    __m512i sums[2][4][2];
    UNROLL for (size_t i = 0; i < rows; i++) {
      UNROLL for (size_t o = 0; o < outputs; o++) {
        sums[i][o][0] = b->bias.part[part];
        sums[i][o][1] = b->bias.part[part + 1];
      }
    }
#pragma clang loop unroll(disable)
    for (size_t tap = 0; tap < taps; tap++) {
      UNROLL for (size_t j = 0; j < 2; j++) {
        __m512i w[2];
        UNROLL for (size_t i = 0; i < rows; i++) w[i] = weights[i * taps + tap].part[part + j];
        UNROLL for (size_t o = 0; o < outputs; o++) {
          const __m512i column = x[o * step + tap].part[part + j];
          UNROLL for (size_t i = 0; i < rows; i++) sums[i][o][j] = _mm512_dpbusd_epi32(sums[i][o][j], column, w[i]);
        }
      }
    }
    UNROLL for (size_t i = 0; i < rows; i++) {
      UNROLL for (size_t o = 0; o < outputs; o++) {
        pairs[half][i][o] = scaled_pair(plan, b, part, sums[i][o][0], sums[i][o][1]);
      }
    }
  }
  __m512i codes[2][4];
  UNROLL for (size_t i = 0; i < rows; i++) {
    UNROLL for (size_t o = 0; o < outputs; o++) codes[i][o] = _mm512_packs_epi16(pairs[0][i][o], pairs[1][i][o]);
  }
  if (plan->is_clamped) {
    UNROLL for (size_t i = 0; i < rows; i++) {
      UNROLL for (size_t o = 0; o < outputs; o++) {
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

#endif
