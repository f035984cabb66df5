/// The two inner loops of a picture resize: sums of 8-bit samples under fixed-point weights. Memory belongs to the
/// caller; every instruction set gives the same bytes.
#ifndef LINNET_CRESAMPLE_H
#define LINNET_CRESAMPLE_H

#include <stddef.h>
#include <stdint.h>

enum {
  /// Binary places of a weight.
  LINNET_RESAMPLE_FRACTION_BITS = 22,
  /// Rows that `linnet_resample_across` takes at once.
  LINNET_RESAMPLE_BLOCK_ROWS = 8,
  /// Bytes of one column of such a block: four a pixel.
  LINNET_RESAMPLE_BLOCK_BYTES = 4 * LINNET_RESAMPLE_BLOCK_ROWS,
};

/// Output sample i is the sum of weights[i * taps + k] * input[starts[i] + k] over k < taps, rounded half up and
/// clamped to 0 ... 255. Precondition: the sum of the absolute weights of a sample stays below 2^23.
typedef struct linnet_resample_axis {
  const int32_t *starts;
  const int32_t *weights;
  size_t taps, count;
} linnet_resample_axis;

/// Resizes from top to bottom: `axis` counts rows of `row_bytes` bytes. `output` has axis->count rows and does not
/// overlap `input`.
void linnet_resample_down(
    const uint8_t *input, size_t row_bytes, const linnet_resample_axis *axis, uint8_t *output);

/// Resizes `rows` rows of `width` RGB pixels from left to right: `axis` counts pixels. `output` has `rows` rows of
/// axis->count pixels. `scratch` has (width + axis->count) * LINNET_RESAMPLE_BLOCK_BYTES bytes. None overlap.
void linnet_resample_across(
    const uint8_t *input, size_t width, size_t rows, const linnet_resample_axis *axis, uint8_t *scratch,
    uint8_t *output);

#endif
