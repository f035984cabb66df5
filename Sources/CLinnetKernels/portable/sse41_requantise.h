/// What the SSE4.1 kernels share; included inside their target region.
#ifndef LINNET_SSE41_REQUANTISE_H
#define LINNET_SSE41_REQUANTISE_H

#include <smmintrin.h>
#include <string.h>
#include <tmmintrin.h>

#include "linnet_kernels.h"

/// Accumulators of eight channels: each 32-bit pair of a part belongs to one channel, part j to channels 2j, 2j+1.
typedef struct linnet_sse41_pairs {
  __m128i part[4];
} linnet_sse41_pairs;

/// Eight bytes, widened to 16 bits.
static inline __m128i linnet_sse41_widen(const void *bytes) {
  return _mm_cvtepi8_epi16(_mm_loadl_epi64((const __m128i *)bytes));
}

/// Adds the products of two channels' four weights with four activations each. Both sides are widened to 16 bits,
/// so that nothing saturates.
static inline void linnet_sse41_accumulate(linnet_sse41_pairs *sums, int part, __m128i x, __m128i w) {
  sums->part[part] = _mm_add_epi32(sums->part[part], _mm_madd_epi16(x, w));
}

/// (sum + bias) → rne(sum · multiplier): four channels whose pairs lie in `a` and `b`.
static inline __m128i linnet_sse41_scale(__m128i a, __m128i b, const int32_t *bias, const float *multiplier) {
  const __m128i sums = _mm_add_epi32(_mm_hadd_epi32(a, b), _mm_loadu_si128((const __m128i *)bias));
  return _mm_cvtps_epi32(_mm_mul_ps(_mm_cvtepi32_ps(sums), _mm_loadu_ps(multiplier)));
}

/// Eight channels from `channel` on, requantised; the first `columns` (1…8) are written and nothing else.
static inline void linnet_sse41_store(const linnet_sse41_pairs *sums, size_t channel, const linnet_requantisation *q,
                                      int8_t *c, size_t columns) {
  const __m128i low = linnet_sse41_scale(sums->part[0], sums->part[1], q->bias + channel, q->multiplier + channel);
  const __m128i high =
      linnet_sse41_scale(sums->part[2], sums->part[3], q->bias + channel + 4, q->multiplier + channel + 4);
  const __m128i words = _mm_adds_epi16(_mm_packs_epi32(low, high), _mm_set1_epi16((short)q->zero_point));
  const __m128i codes = _mm_min_epi8(_mm_max_epi8(_mm_packs_epi16(words, words), _mm_set1_epi8((char)q->least)),
                                     _mm_set1_epi8((char)q->greatest));
  if (columns == 8) {
    _mm_storel_epi64((__m128i *)c, codes);
  } else {
    int8_t buffer[16];
    _mm_storeu_si128((__m128i *)buffer, codes);
    memcpy(c, buffer, columns);
  }
}

#endif
