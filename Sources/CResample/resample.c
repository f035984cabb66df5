#include "loops.h"
#include "x86.h"

void linnet_resample_down(
    const uint8_t *input, size_t row_bytes, const linnet_resample_axis *axis, uint8_t *output) {
#if defined(__x86_64__)
  switch (linnet_resample_best_level()) {
    case LINNET_RESAMPLE_AVX2: linnet_resample_down__avx2(input, row_bytes, axis, output); return;
    case LINNET_RESAMPLE_SSE41: linnet_resample_down__sse41(input, row_bytes, axis, output); return;
    case LINNET_RESAMPLE_BASELINE: break;
  }
#endif
  down(input, row_bytes, axis, output);
}

void linnet_resample_across(
    const uint8_t *input, size_t width, size_t rows, const linnet_resample_axis *axis, uint8_t *scratch,
    uint8_t *output) {
#if defined(__x86_64__)
  switch (linnet_resample_best_level()) {
    case LINNET_RESAMPLE_AVX2: linnet_resample_across__avx2(input, width, rows, axis, scratch, output); return;
    case LINNET_RESAMPLE_SSE41: linnet_resample_across__sse41(input, width, rows, axis, scratch, output); return;
    case LINNET_RESAMPLE_BASELINE: break;
  }
#endif
  across(input, width, rows, axis, scratch, output);
}
