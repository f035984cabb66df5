#if defined(__x86_64__)

#include <immintrin.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))), apply_to = function)

#include "../portable/avx512_requantise.h"

/// (bias + a·multiplier_a + b·multiplier_b) >> shift of the sixteen elements that `mask` has.
static inline __m512i shifted_sums(const int8_t *a, const int8_t *b, __mmask16 mask, const linnet_addition *addition) {
  const __m512i xa = _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(mask, a));
  const __m512i xb = _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(mask, b));
  const __m512i product_a = _mm512_mullo_epi32(xa, _mm512_set1_epi32(addition->multiplier_a));
  const __m512i product_b = _mm512_mullo_epi32(xb, _mm512_set1_epi32(addition->multiplier_b));
  const __m512i sum = _mm512_add_epi32(_mm512_set1_epi32(addition->bias), _mm512_add_epi32(product_a, product_b));
  return _mm512_sra_epi32(sum, _mm_cvtsi32_si128(addition->shift));
}

static inline __attribute__((always_inline)) void add(const int8_t *a, const int8_t *b, int8_t *c, __mmask64 mask,
                                                      const linnet_addition *addition,
                                                      const linnet_avx512_range *range) {
  __m512i sums[4];
#pragma clang loop unroll(full)
  for (size_t j = 0; j < 4; j++) {
    sums[j] = shifted_sums(a + 16 * j, b + 16 * j, (__mmask16)(mask >> (16 * j)), addition);
  }
  _mm512_mask_storeu_epi8(c, mask, linnet_avx512_clamp(linnet_avx512_codes(sums, range), range));
}

void linnet_s8_add_64__avx512vnni(size_t count, const int8_t *a, const int8_t *b, int8_t *c,
                                  const linnet_addition *addition) {
  const linnet_requantisation codes = {
      .zero_point = addition->zero_point, .least = addition->least, .greatest = addition->greatest};
  const linnet_avx512_range range = linnet_avx512_range_of(&codes);
  size_t i = 0;
  for (; i + 64 <= count; i += 64) add(a + i, b + i, c + i, ~(__mmask64)0, addition, &range);
  if (i < count) add(a + i, b + i, c + i, ((__mmask64)1 << (count - i)) - 1, addition, &range);
}

#pragma clang attribute pop

#endif
