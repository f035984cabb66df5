#if defined(__x86_64__)

#include <immintrin.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))), apply_to = function)

/// Sixteen sums, shifted.
static inline __m512i shifted_sums(__m128i a, __m128i b, const linnet_addition *addition) {
  const __m512i product_a = _mm512_mullo_epi32(_mm512_cvtepi8_epi32(a), _mm512_set1_epi32(addition->multiplier_a));
  const __m512i product_b = _mm512_mullo_epi32(_mm512_cvtepi8_epi32(b), _mm512_set1_epi32(addition->multiplier_b));
  const __m512i sum = _mm512_add_epi32(_mm512_set1_epi32(addition->bias), _mm512_add_epi32(product_a, product_b));
  return _mm512_add_epi32(_mm512_sra_epi32(sum, _mm_cvtsi32_si128(addition->shift)),
                          _mm512_set1_epi32(addition->zero_point));
}

static inline __m128i codes(__m512i sums, const linnet_addition *addition) {
  const __m128i saturated = _mm512_cvtsepi32_epi8(sums);
  return _mm_min_epi8(_mm_max_epi8(saturated, _mm_set1_epi8((char)addition->least)),
                      _mm_set1_epi8((char)addition->greatest));
}

void linnet_s8_add_16__avx512vnni(size_t count, const int8_t *a, const int8_t *b, int8_t *c,
                                  const linnet_addition *addition) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m128i xa = _mm_loadu_si128((const __m128i *)(a + i)), xb = _mm_loadu_si128((const __m128i *)(b + i));
    _mm_storeu_si128((__m128i *)(c + i), codes(shifted_sums(xa, xb, addition), addition));
  }
  if (i < count) {
    const __mmask16 mask = (__mmask16)((1u << (count - i)) - 1);
    const __m128i xa = _mm_maskz_loadu_epi8(mask, a + i), xb = _mm_maskz_loadu_epi8(mask, b + i);
    _mm_mask_storeu_epi8(c + i, mask, codes(shifted_sums(xa, xb, addition), addition));
  }
}

#pragma clang attribute pop

#endif
