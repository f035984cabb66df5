#include "levels.h"

LINNET_RESAMPLE_LEVEL(baseline, );

#if !defined(__x86_64__)
linnet_resample_level linnet_resample_best_level(void) { return LINNET_RESAMPLE_BASELINE; }
#endif

static const linnet_resample_loops *loops(linnet_resample_level level) {
#if defined(__x86_64__)
  switch (level) {
    case LINNET_RESAMPLE_AVX512: return &linnet_resample__avx512;
    case LINNET_RESAMPLE_AVX2: return &linnet_resample__avx2;
    case LINNET_RESAMPLE_SSE41: return &linnet_resample__sse41;
    case LINNET_RESAMPLE_BASELINE: break;
  }
#endif
  (void)level;
  return &linnet_resample__baseline;
}

void linnet_resample_down(
    linnet_resample_level level, const uint8_t *input, size_t stride, size_t row_bytes,
    const linnet_resample_axis *axis, uint8_t *output, size_t output_stride) {
  loops(level)->down(input, stride, row_bytes, axis, output, output_stride);
}

void linnet_resample_across(
    linnet_resample_level level, const uint8_t *input, size_t width, size_t rows, const linnet_resample_axis *axis,
    uint8_t *scratch, uint8_t *output) {
  loops(level)->across(input, width, rows, axis, scratch, output);
}

void linnet_resample_turn(
    linnet_resample_level level, const uint8_t *input, size_t stride, size_t row_bytes, size_t rows, uint8_t *output,
    size_t output_stride) {
  loops(level)->turn(input, stride, row_bytes, rows, output, output_stride);
}

void linnet_resample_colours(
    linnet_resample_level level, const linnet_resample_matrix *matrix, uint8_t *first, uint8_t *second, uint8_t *third,
    size_t count) {
  loops(level)->colours(matrix, first, second, third, count);
}

void linnet_resample_pixels(
    linnet_resample_level level, const uint8_t *first, const uint8_t *second, const uint8_t *third, size_t stride,
    int turned, size_t width, size_t height, uint8_t *rgb) {
  loops(level)->pixels(first, second, third, stride, turned, width, height, rgb);
}
