#if defined(__x86_64__)

#include <smmintrin.h>
#include <string.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("sse4.1"))), apply_to = function)

/// Four sums, shifted.
static inline __m128i shifted_sums(const int8_t *a, const int8_t *b, const linnet_addition *addition) {
  int32_t word_a, word_b;
  memcpy(&word_a, a, sizeof word_a);
  memcpy(&word_b, b, sizeof word_b);
  const __m128i product_a =
      _mm_mullo_epi32(_mm_cvtepi8_epi32(_mm_cvtsi32_si128(word_a)), _mm_set1_epi32(addition->multiplier_a));
  const __m128i product_b =
      _mm_mullo_epi32(_mm_cvtepi8_epi32(_mm_cvtsi32_si128(word_b)), _mm_set1_epi32(addition->multiplier_b));
  const __m128i sum = _mm_add_epi32(_mm_set1_epi32(addition->bias), _mm_add_epi32(product_a, product_b));
  return _mm_sra_epi32(sum, _mm_cvtsi32_si128(addition->shift));
}

void linnet_s8_add_8__sse41(size_t count, const int8_t *a, const int8_t *b, int8_t *c,
                            const linnet_addition *addition) {
  // A copy that stores to c cannot change.
  const linnet_addition q = *addition;
  const __m128i zero_point = _mm_set1_epi16((short)q.zero_point);
  const __m128i least = _mm_set1_epi8((char)q.least), greatest = _mm_set1_epi8((char)q.greatest);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m128i low = shifted_sums(a + i, b + i, &q), high = shifted_sums(a + i + 4, b + i + 4, &q);
    const __m128i words = _mm_adds_epi16(_mm_packs_epi32(low, high), zero_point);
    _mm_storel_epi64((__m128i *)(c + i), _mm_min_epi8(_mm_max_epi8(_mm_packs_epi16(words, words), least), greatest));
  }
  linnet_s8_add_1__reference(count - i, a + i, b + i, c + i, addition);
}

#pragma clang attribute pop

#endif
