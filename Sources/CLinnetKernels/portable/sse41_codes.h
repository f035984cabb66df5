/// The epilogue of the SSE4.1 kernels, whose sums are one a lane; included inside their target region.
#ifndef LINNET_SSE41_CODES_H
#define LINNET_SSE41_CODES_H

#include <smmintrin.h>
#include <string.h>

#include "linnet_kernels.h"

/// Zero point and clamp, broadcast.
typedef struct linnet_sse41_range {
  __m128i zero_point;
  __m128i least;
  __m128i greatest;
} linnet_sse41_range;

static inline linnet_sse41_range linnet_sse41_range_of(const linnet_requantisation *q) {
  const linnet_sse41_range range = {_mm_set1_epi16((short)q->zero_point), _mm_set1_epi8((char)q->least),
                                    _mm_set1_epi8((char)q->greatest)};
  return range;
}

/// rne((float)sum · multiplier): four channels.
static inline __m128i linnet_sse41_scale(__m128i sums, const float *multiplier) {
  return _mm_cvtps_epi32(_mm_mul_ps(_mm_cvtepi32_ps(sums), _mm_loadu_ps(multiplier)));
}

/// Sixteen codes of four scaled vectors, in order.
///
/// Saturating to 16 bits before the zero point is added changes nothing: what saturates is far outside the codes.
static inline __m128i linnet_sse41_codes(const __m128i *scaled, const linnet_sse41_range *range) {
  const __m128i low = _mm_adds_epi16(_mm_packs_epi32(scaled[0], scaled[1]), range->zero_point);
  const __m128i high = _mm_adds_epi16(_mm_packs_epi32(scaled[2], scaled[3]), range->zero_point);
  return _mm_min_epi8(_mm_max_epi8(_mm_packs_epi16(low, high), range->least), range->greatest);
}

/// Writes the first `columns` (1…16) codes and nothing else.
static inline void linnet_sse41_store_columns(int8_t *c, __m128i codes, size_t columns) {
  if (columns == 16) {
    _mm_storeu_si128((__m128i *)c, codes);
    return;
  }
  if (columns >= 8) {
    _mm_storel_epi64((__m128i *)c, codes);
    codes = _mm_unpackhi_epi64(codes, codes);
    c += 8;
    columns -= 8;
  }
  if (columns > 0) {
    int8_t buffer[16];
    _mm_storeu_si128((__m128i *)buffer, codes);
    memcpy(c, buffer, columns);
  }
}

#endif
