/// The epilogue of the 256-bit kernels whose sums are one a lane; included inside their target region.
#ifndef LINNET_AVX_CODES_H
#define LINNET_AVX_CODES_H

#include <immintrin.h>
#include <string.h>

#include "linnet_kernels.h"

/// Zero point and clamp, broadcast.
typedef struct linnet_avx_range {
  __m256i zero_point;
  __m256i least;
  __m256i greatest;
} linnet_avx_range;

static inline linnet_avx_range linnet_avx_range_of(const linnet_requantisation *q) {
  const linnet_avx_range range = {_mm256_set1_epi16((short)q->zero_point), _mm256_set1_epi8((char)q->least),
                                  _mm256_set1_epi8((char)q->greatest)};
  return range;
}

/// rne((float)sum · multiplier): eight channels.
static inline __m256i linnet_avx_scale(__m256i sums, __m256 multiplier) {
  return _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_cvtepi32_ps(sums), multiplier));
}

/// Thirty-two codes, not clamped to the range, whose 128-bit lane i holds four channels of each vector: [4i…4i+3] of
/// a, of b, of c, of d.
///
/// Saturating to 16 bits before the zero point is added changes nothing: what saturates is far outside the codes.
static inline __m256i linnet_avx_unclamped_codes(__m256i a, __m256i b, __m256i c, __m256i d,
                                                 const linnet_avx_range *range) {
  const __m256i low = _mm256_adds_epi16(_mm256_packs_epi32(a, b), range->zero_point);
  const __m256i high = _mm256_adds_epi16(_mm256_packs_epi32(c, d), range->zero_point);
  return _mm256_packs_epi16(low, high);
}

/// Needed only where the range is not all codes.
static inline __m256i linnet_avx_clamp(__m256i codes, const linnet_avx_range *range) {
  return _mm256_min_epi8(_mm256_max_epi8(codes, range->least), range->greatest);
}

/// Both, for any range.
static inline __m256i linnet_avx_interleaved_codes(__m256i a, __m256i b, __m256i c, __m256i d,
                                                   const linnet_avx_range *range) {
  return linnet_avx_clamp(linnet_avx_unclamped_codes(a, b, c, d, range), range);
}

/// Writes the first `columns` (1…16) codes and nothing else.
static inline void linnet_avx_store_lane(int8_t *c, __m128i codes, size_t columns) {
  if (columns == 16) {
    _mm_storeu_si128((__m128i *)c, codes);
  } else if (columns == 8) {
    _mm_storel_epi64((__m128i *)c, codes);
  } else {
    int8_t buffer[16];
    _mm_storeu_si128((__m128i *)buffer, codes);
    memcpy(c, buffer, columns);
  }
}

/// Writes the first `columns` (1…32) codes and nothing else.
static inline void linnet_avx_store_columns(int8_t *c, __m256i codes, size_t columns) {
  if (columns == 32) {
    _mm256_storeu_si256((__m256i *)c, codes);
  } else if (columns <= 16) {
    linnet_avx_store_lane(c, _mm256_castsi256_si128(codes), columns);
  } else {
    _mm_storeu_si128((__m128i *)c, _mm256_castsi256_si128(codes));
    linnet_avx_store_lane(c + 16, _mm256_extracti128_si256(codes, 1), columns - 16);
  }
}

#endif
