/// The loops that lay the components of a frame together, compiled once a level.
#ifndef LINNET_RESAMPLE_FRAMES_H
#define LINNET_RESAMPLE_FRAMES_H

#include "loops.h"

enum { TILE = LINNET_RESAMPLE_TILE };

typedef uint8_t bytes16 __attribute__((vector_size(TILE)));

LOOP bytes16 interleaved_low(bytes16 a, bytes16 b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

LOOP bytes16 interleaved_high(bytes16 a, bytes16 b) {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/// 16 rows of 16 bytes, turned: four times every row and the eighth after it are interleaved.
LOOP void turned_tile(const uint8_t *input, size_t stride, bytes16 tile[TILE]) {
  bytes16 other[TILE];
  for (int i = 0; i < TILE; i++) memcpy(&tile[i], input + (size_t)i * stride, TILE);
  for (int round = 0; round < 4; round++) {
    for (int i = 0; i < TILE / 2; i++) {
      other[2 * i] = interleaved_low(tile[i], tile[i + TILE / 2]);
      other[2 * i + 1] = interleaved_high(tile[i], tile[i + TILE / 2]);
    }
    memcpy(tile, other, sizeof other);
  }
}

LOOP void turn(
    const uint8_t *input, size_t stride, size_t row_bytes, size_t rows, uint8_t *output, size_t output_stride) {
  for (size_t x = 0; x < row_bytes; x += TILE) {
    for (size_t y = 0; y < rows; y += TILE) {
      bytes16 tile[TILE];
      turned_tile(input + y * stride + x, stride, tile);
      for (size_t i = 0; i < TILE; i++) memcpy(output + (x + i) * output_stride + y, &tile[i], TILE);
    }
  }
}

LOOP void colours(
    const linnet_resample_matrix *matrix, uint8_t *restrict first, uint8_t *restrict second, uint8_t *restrict third,
    size_t count) {
  const linnet_resample_matrix m = *matrix;
  for (size_t i = 0; i < count; i++) {
    const int32_t bright = (first[i] - m.black) * m.luma + (1 << (LINNET_RESAMPLE_COLOUR_BITS - 1));
    const int32_t cb = second[i] - 128, cr = third[i] - 128;
    first[i] = rounded(bright + m.red_from_cr * cr, LINNET_RESAMPLE_COLOUR_BITS);
    second[i] = rounded(bright + m.green_from_cb * cb + m.green_from_cr * cr, LINNET_RESAMPLE_COLOUR_BITS);
    third[i] = rounded(bright + m.blue_from_cb * cb, LINNET_RESAMPLE_COLOUR_BITS);
  }
}

/// Up to 16 pixels of one row.
LOOP void lay_together(bytes16 r, bytes16 g, bytes16 b, uint8_t *rgb, size_t count) {
  // Red and green of pixels 0 ... 5, 5 ... 10 and 10 ... 15, with room for blue.
  const bytes16 low = __builtin_shufflevector(r, g, 0, 16, -1, 1, 17, -1, 2, 18, -1, 3, 19, -1, 4, 20, -1, 5);
  const bytes16 middle = __builtin_shufflevector(r, g, 21, -1, 6, 22, -1, 7, 23, -1, 8, 24, -1, 9, 25, -1, 10, 26);
  const bytes16 high = __builtin_shufflevector(r, g, -1, 11, 27, -1, 12, 28, -1, 13, 29, -1, 14, 30, -1, 15, 31, -1);
  const bytes16 pixels[3] = {
      __builtin_shufflevector(low, b, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15),
      __builtin_shufflevector(middle, b, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15),
      __builtin_shufflevector(high, b, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31),
  };
  if (count >= TILE) {
    memcpy(rgb, pixels, sizeof pixels);
  } else {
    memcpy(rgb, pixels, 3 * count);
  }
}

LOOP void pixels_of_rows(
    const uint8_t *planes[3], size_t stride, size_t width, size_t height, uint8_t *rgb) {
  for (size_t y = 0; y < height; y++) {
    for (size_t x = 0; x < width; x += TILE) {
      bytes16 colours[3];
      for (int c = 0; c < 3; c++) memcpy(&colours[c], planes[c] + y * stride + x, TILE);
      lay_together(colours[0], colours[1], colours[2], rgb + 3 * (y * width + x), width - x);
    }
  }
}

LOOP void pixels_of_columns(
    const uint8_t *planes[3], size_t stride, size_t width, size_t height, uint8_t *rgb) {
  for (size_t y = 0; y < height; y += TILE) {
    for (size_t x = 0; x < width; x += TILE) {
      bytes16 colours[3][TILE];
      for (int c = 0; c < 3; c++) turned_tile(planes[c] + x * stride + y, stride, colours[c]);
      for (size_t i = 0; i < TILE && y + i < height; i++) {
        lay_together(
            colours[0][i], colours[1][i], colours[2][i], rgb + 3 * ((y + i) * width + x), width - x);
      }
    }
  }
}

LOOP void pixels(
    const uint8_t *first, const uint8_t *second, const uint8_t *third, size_t stride, int turned, size_t width,
    size_t height, uint8_t *rgb) {
  const uint8_t *planes[3] = {first, second, third};
  if (turned) {
    pixels_of_columns(planes, stride, width, height, rgb);
  } else {
    pixels_of_rows(planes, stride, width, height, rgb);
  }
}

#endif
