#include "loops.h"

/// Sixteen registers of four floats hold four sums of eight, and what goes into them.
enum { BASELINE_TILE = 2, AVX2_TILE = 4 };

#if defined(__x86_64__)

#define AVX2 __attribute__((target("avx2")))

linnet_algebra_level linnet_algebra_best_level(void) {
  return __builtin_cpu_supports("avx2") ? LINNET_ALGEBRA_AVX2 : LINNET_ALGEBRA_BASELINE;
}

AVX2 static void dots_avx2(
    const float *a, size_t a_rows, const float *b, size_t b_rows, size_t stride, size_t count, float *out,
    size_t out_stride) {
  dots(AVX2_TILE, a, a_rows, b, b_rows, stride, count, out, out_stride);
}

AVX2 static void sums_avx2(
    const float *factors, size_t factors_stride, size_t rows, const float *vectors, size_t vectors_stride,
    size_t terms, size_t width, float *out, size_t out_stride) {
  sums(AVX2_TILE, factors, factors_stride, rows, vectors, vectors_stride, terms, width, out, out_stride);
}

#else

linnet_algebra_level linnet_algebra_best_level(void) { return LINNET_ALGEBRA_BASELINE; }

#endif

void linnet_algebra_dots(
    linnet_algebra_level level, const float *a, size_t a_rows, const float *b, size_t b_rows, size_t stride,
    size_t count, float *out, size_t out_stride) {
#if defined(__x86_64__)
  if (level == LINNET_ALGEBRA_AVX2) {
    dots_avx2(a, a_rows, b, b_rows, stride, count, out, out_stride);
    return;
  }
#endif
  (void)level;
  dots(BASELINE_TILE, a, a_rows, b, b_rows, stride, count, out, out_stride);
}

void linnet_algebra_sums(
    linnet_algebra_level level, const float *factors, size_t factors_stride, size_t rows, const float *vectors,
    size_t vectors_stride, size_t terms, size_t width, float *out, size_t out_stride) {
#if defined(__x86_64__)
  if (level == LINNET_ALGEBRA_AVX2) {
    sums_avx2(factors, factors_stride, rows, vectors, vectors_stride, terms, width, out, out_stride);
    return;
  }
#endif
  (void)level;
  sums(BASELINE_TILE, factors, factors_stride, rows, vectors, vectors_stride, terms, width, out, out_stride);
}
