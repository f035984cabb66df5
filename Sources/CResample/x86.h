/// The loops for x86-64 processors that have more than its baseline, which lacks a 32-bit vector multiplication.
#ifndef LINNET_RESAMPLE_X86_H
#define LINNET_RESAMPLE_X86_H

#include "CResample.h"

#if defined(__x86_64__)

typedef enum linnet_resample_level {
  LINNET_RESAMPLE_BASELINE,
  LINNET_RESAMPLE_SSE41,
  LINNET_RESAMPLE_AVX2,
} linnet_resample_level;

/// The best level of this processor.
linnet_resample_level linnet_resample_best_level(void);

void linnet_resample_down__sse41(
    const uint8_t *input, size_t row_bytes, const linnet_resample_axis *axis, uint8_t *output);
void linnet_resample_down__avx2(
    const uint8_t *input, size_t row_bytes, const linnet_resample_axis *axis, uint8_t *output);
void linnet_resample_across__sse41(
    const uint8_t *input, size_t width, size_t rows, const linnet_resample_axis *axis, uint8_t *scratch,
    uint8_t *output);
void linnet_resample_across__avx2(
    const uint8_t *input, size_t width, size_t rows, const linnet_resample_axis *axis, uint8_t *scratch,
    uint8_t *output);

#endif
#endif
