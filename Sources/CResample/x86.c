#include "x86.h"

#if defined(__x86_64__)

#include "loops.h"

linnet_resample_level linnet_resample_best_level(void) {
  if (__builtin_cpu_supports("avx2")) return LINNET_RESAMPLE_AVX2;
  if (__builtin_cpu_supports("sse4.1")) return LINNET_RESAMPLE_SSE41;
  return LINNET_RESAMPLE_BASELINE;
}

__attribute__((target("sse4.1"))) void linnet_resample_down__sse41(
    const uint8_t *input, size_t row_bytes, const linnet_resample_axis *axis, uint8_t *output) {
  down(input, row_bytes, axis, output);
}

__attribute__((target("avx2"))) void linnet_resample_down__avx2(
    const uint8_t *input, size_t row_bytes, const linnet_resample_axis *axis, uint8_t *output) {
  down(input, row_bytes, axis, output);
}

__attribute__((target("sse4.1"))) void linnet_resample_across__sse41(
    const uint8_t *input, size_t width, size_t rows, const linnet_resample_axis *axis, uint8_t *scratch,
    uint8_t *output) {
  across(input, width, rows, axis, scratch, output);
}

__attribute__((target("avx2"))) void linnet_resample_across__avx2(
    const uint8_t *input, size_t width, size_t rows, const linnet_resample_axis *axis, uint8_t *scratch,
    uint8_t *output) {
  across(input, width, rows, axis, scratch, output);
}

#endif
