/// The epilogue of the AVX-512 kernels; included inside their target region.
#ifndef LINNET_AVX512_REQUANTISE_H
#define LINNET_AVX512_REQUANTISE_H

#include <immintrin.h>

#include "linnet_kernels.h"

/// Zero point and clamp, broadcast.
typedef struct linnet_avx512_range {
  __m512i zero_point;
  __m512i least;
  __m512i greatest;
} linnet_avx512_range;

static inline linnet_avx512_range linnet_avx512_range_of(const linnet_requantisation *q) {
  const linnet_avx512_range range = {_mm512_set1_epi16((short)q->zero_point), _mm512_set1_epi8((char)q->least),
                                     _mm512_set1_epi8((char)q->greatest)};
  return range;
}

/// rne((float)sum · multiplier): sixteen channels.
static inline __m512i linnet_avx512_scale(__m512i sums, const float *multiplier) {
  return _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_cvtepi32_ps(sums), _mm512_loadu_ps(multiplier)));
}

/// Sixty-four codes, not clamped to the range, whose 128-bit lane i holds four channels of each vector: [4i…4i+3] of
/// scaled[0], of scaled[1], …
///
/// Saturating to 16 bits before the zero point is added changes nothing: what saturates is far outside the codes.
static inline __m512i linnet_avx512_interleaved_codes(const __m512i *scaled, const linnet_avx512_range *range) {
  const __m512i low = _mm512_adds_epi16(_mm512_packs_epi32(scaled[0], scaled[1]), range->zero_point);
  const __m512i high = _mm512_adds_epi16(_mm512_packs_epi32(scaled[2], scaled[3]), range->zero_point);
  return _mm512_packs_epi16(low, high);
}

/// The same in order: the sixteen codes of scaled[0], then those of scaled[1], …
static inline __m512i linnet_avx512_codes(const __m512i *scaled, const linnet_avx512_range *range) {
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  return _mm512_permutexvar_epi32(order, linnet_avx512_interleaved_codes(scaled, range));
}

/// Needed only where the range is not all codes.
static inline __m512i linnet_avx512_clamp(__m512i codes, const linnet_avx512_range *range) {
  return _mm512_min_epi8(_mm512_max_epi8(codes, range->least), range->greatest);
}

/// Writes the first `columns` (1…64) codes and nothing else.
static inline void linnet_avx512_store_columns(int8_t *c, __m512i codes, size_t columns) {
  if (columns == 64) {
    _mm512_storeu_si512(c, codes);
  } else {
    _mm512_mask_storeu_epi8(c, ((__mmask64)1 << columns) - 1, codes);
  }
}

#endif
