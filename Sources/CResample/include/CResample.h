/// The inner loops of a picture resize, sums of 8-bit samples under fixed-point weights, and of what makes colours of a
/// camera's components. Memory belongs to the caller; every level gives the same bytes.
#ifndef LINNET_CRESAMPLE_H
#define LINNET_CRESAMPLE_H

#include <stddef.h>
#include <stdint.h>

enum {
  /// Binary places of a weight of a sample.
  LINNET_RESAMPLE_FRACTION_BITS = 22,
  /// Binary places of a weight of a colour.
  LINNET_RESAMPLE_COLOUR_BITS = 16,
  /// Rows that `linnet_resample_across` takes at once.
  LINNET_RESAMPLE_BLOCK_ROWS = 8,
  /// Bytes of one column of such a block: four a pixel.
  LINNET_RESAMPLE_BLOCK_BYTES = 4 * LINNET_RESAMPLE_BLOCK_ROWS,
  /// Bytes and rows that `linnet_resample_turn` takes at once.
  LINNET_RESAMPLE_TILE = 16,
};

/// Instruction sets that the loops are compiled for: x86-64 processors have more than its baseline, which lacks a 32-bit
/// vector multiplication.
typedef enum linnet_resample_level {
  LINNET_RESAMPLE_BASELINE,
  LINNET_RESAMPLE_SSE41,
  LINNET_RESAMPLE_AVX2,
  LINNET_RESAMPLE_AVX512,
} linnet_resample_level;

/// The best level of this processor; it has all below.
linnet_resample_level linnet_resample_best_level(void);

/// Output sample i is the sum of weights[i * taps + k] * input[starts[i] + k] over k < taps, rounded half up and
/// clamped to 0 ... 255. Precondition: the sum of the absolute weights of a sample stays below 2^23.
typedef struct linnet_resample_axis {
  const int32_t *starts;
  const int32_t *weights;
  size_t taps, count;
} linnet_resample_axis;

/// Resizes from top to bottom: `axis` counts rows of `row_bytes` bytes, which begin `stride` bytes apart, in the output
/// `output_stride`. They do not overlap.
void linnet_resample_down(
    linnet_resample_level level, const uint8_t *input, size_t stride, size_t row_bytes,
    const linnet_resample_axis *axis, uint8_t *output, size_t output_stride);

/// Resizes `rows` rows of `width` RGB pixels from left to right: `axis` counts pixels. `output` has `rows` rows of
/// axis->count pixels. `scratch` has (width + axis->count) * LINNET_RESAMPLE_BLOCK_BYTES bytes. None overlap.
void linnet_resample_across(
    linnet_resample_level level, const uint8_t *input, size_t width, size_t rows, const linnet_resample_axis *axis,
    uint8_t *scratch, uint8_t *output);

/// Makes rows of columns: byte x of row y becomes byte y of row x. `row_bytes` and `rows` are multiples of
/// LINNET_RESAMPLE_TILE. They do not overlap.
void linnet_resample_turn(
    linnet_resample_level level, const uint8_t *input, size_t stride, size_t row_bytes, size_t rows, uint8_t *output,
    size_t output_stride);

/// Y'CbCr to RGB: a colour is (luma * (Y - black) + weights of Cb - 128 and Cr - 128), rounded half up and clamped to
/// 0 ... 255.
typedef struct linnet_resample_matrix {
  int32_t black, luma, red_from_cr, green_from_cb, green_from_cr, blue_from_cb;
} linnet_resample_matrix;

/// Turns three planes of `count` bytes, Y, Cb and Cr, into red, green and blue where they lie.
void linnet_resample_colours(
    linnet_resample_level level, const linnet_resample_matrix *matrix, uint8_t *first, uint8_t *second, uint8_t *third,
    size_t count);

/// Lays three planes together as RGB pixels, `height` rows of `width`. A plane's rows begin `stride` bytes apart, and are
/// the rows of the picture, or its columns where `turned` says so. Every row has bytes up to the next multiple of
/// LINNET_RESAMPLE_TILE, and of columns there are as many as the next multiple.
void linnet_resample_pixels(
    linnet_resample_level level, const uint8_t *first, const uint8_t *second, const uint8_t *third, size_t stride,
    int turned, size_t width, size_t height, uint8_t *rgb);

#endif
