/// What the AVX2 kernels share; included inside their target region.
#ifndef LINNET_AVX2_REQUANTISE_H
#define LINNET_AVX2_REQUANTISE_H

#include <immintrin.h>
#include <string.h>

#include "linnet_kernels.h"

/// Accumulators of sixteen channels: each 32-bit pair of a part belongs to one channel, part j to channels 4j … 4j+3.
typedef struct linnet_avx2_pairs {
  __m256i part[4];
} linnet_avx2_pairs;

/// Adds the products of sixteen channels' four weights with four activations each. `w`: 64 bytes, [16][4].
/// Both sides are widened to 16 bits, so that nothing saturates.
static inline __attribute__((always_inline)) void linnet_avx2_accumulate(linnet_avx2_pairs *sums, int part, __m256i x,
                                                                         __m256i w) {
  sums->part[part] = _mm256_add_epi32(sums->part[part], _mm256_madd_epi16(x, w));
}

/// Sixteen bytes, widened to 16 bits.
static inline __m256i linnet_avx2_widen(const void *bytes) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)bytes));
}

/// (sum + bias) → rne(sum · multiplier): eight channels whose pairs lie in `a` and `b`.
static inline __m256i linnet_avx2_scale(__m256i a, __m256i b, const int32_t *bias, const float *multiplier) {
  const __m256i mixed = _mm256_hadd_epi32(a, b);
  const __m256i sums = _mm256_add_epi32(_mm256_permute4x64_epi64(mixed, 0xD8),
                                        _mm256_loadu_si256((const __m256i *)bias));
  return _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_cvtepi32_ps(sums), _mm256_loadu_ps(multiplier)));
}

/// Sixteen channels from `channel` on, requantised; the first `columns` (1…16) are written and nothing else.
static inline __attribute__((always_inline)) void linnet_avx2_store(const linnet_avx2_pairs *sums, size_t channel,
                                                                    const linnet_requantisation *q, int8_t *c,
                                                                    size_t columns) {
  const __m256i low = linnet_avx2_scale(sums->part[0], sums->part[1], q->bias + channel, q->multiplier + channel);
  const __m256i high =
      linnet_avx2_scale(sums->part[2], sums->part[3], q->bias + channel + 8, q->multiplier + channel + 8);
  const __m256i words =
      _mm256_adds_epi16(_mm256_packs_epi32(low, high), _mm256_set1_epi16((short)q->zero_point));
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 0, 4, 1, 5);
  const __m256i bytes = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(words, words), order);
  const __m128i codes =
      _mm_min_epi8(_mm_max_epi8(_mm256_castsi256_si128(bytes), _mm_set1_epi8((char)q->least)),
                   _mm_set1_epi8((char)q->greatest));
  if (columns == 16) {
    _mm_storeu_si128((__m128i *)c, codes);
  } else {
    int8_t buffer[16];
    _mm_storeu_si128((__m128i *)buffer, codes);
    memcpy(c, buffer, columns);
  }
}

#endif
