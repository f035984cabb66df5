#if defined(__x86_64__)

#include <immintrin.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

/// Eight sums, shifted.
static inline __m256i shifted_sums(const int8_t *a, const int8_t *b, const linnet_addition *addition) {
  const __m256i xa = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)a));
  const __m256i xb = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)b));
  const __m256i product_a = _mm256_mullo_epi32(xa, _mm256_set1_epi32(addition->multiplier_a));
  const __m256i product_b = _mm256_mullo_epi32(xb, _mm256_set1_epi32(addition->multiplier_b));
  const __m256i sum = _mm256_add_epi32(_mm256_set1_epi32(addition->bias), _mm256_add_epi32(product_a, product_b));
  return _mm256_sra_epi32(sum, _mm_cvtsi32_si128(addition->shift));
}

void linnet_s8_add_16__avx2(size_t count, const int8_t *a, const int8_t *b, int8_t *c,
                            const linnet_addition *addition) {
  const __m256i zero_point = _mm256_set1_epi16((short)addition->zero_point);
  const __m128i least = _mm_set1_epi8((char)addition->least), greatest = _mm_set1_epi8((char)addition->greatest);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m256i low = shifted_sums(a + i, b + i, addition), high = shifted_sums(a + i + 8, b + i + 8, addition);
    const __m256i words = _mm256_adds_epi16(
        _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xD8), zero_point);
    const __m128i codes = _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storeu_si128((__m128i *)(c + i), _mm_min_epi8(_mm_max_epi8(codes, least), greatest));
  }
  linnet_s8_add_1__reference(count - i, a + i, b + i, c + i, addition);
}

#pragma clang attribute pop

#endif
