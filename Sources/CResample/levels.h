/// Every loop of every level, and what a level compiles.
#ifndef LINNET_RESAMPLE_LEVELS_H
#define LINNET_RESAMPLE_LEVELS_H

#include "frames.h"

/// The loops of one level.
typedef struct linnet_resample_loops {
  void (*down)(const uint8_t *, size_t, size_t, const linnet_resample_axis *, uint8_t *, size_t);
  void (*across)(const uint8_t *, size_t, size_t, const linnet_resample_axis *, uint8_t *, uint8_t *);
  void (*turn)(const uint8_t *, size_t, size_t, size_t, uint8_t *, size_t);
  void (*colours)(const linnet_resample_matrix *, uint8_t *, uint8_t *, uint8_t *, size_t);
  void (*pixels)(const uint8_t *, const uint8_t *, const uint8_t *, size_t, int, size_t, size_t, uint8_t *);
} linnet_resample_loops;

/// Defines `linnet_resample__LEVEL`, the loops compiled with `attributes`.
#define LINNET_RESAMPLE_LEVEL(level, attributes)                                                                       \
  attributes static void down__##level(                                                                                \
      const uint8_t *input, size_t stride, size_t row_bytes, const linnet_resample_axis *axis, uint8_t *output,        \
      size_t output_stride) {                                                                                          \
    down(input, stride, row_bytes, axis, output, output_stride);                                                       \
  }                                                                                                                    \
  attributes static void across__##level(                                                                              \
      const uint8_t *input, size_t width, size_t rows, const linnet_resample_axis *axis, uint8_t *scratch,             \
      uint8_t *output) {                                                                                               \
    across(input, width, rows, axis, scratch, output);                                                                 \
  }                                                                                                                    \
  attributes static void turn__##level(                                                                                \
      const uint8_t *input, size_t stride, size_t row_bytes, size_t rows, uint8_t *output, size_t output_stride) {     \
    turn(input, stride, row_bytes, rows, output, output_stride);                                                       \
  }                                                                                                                    \
  attributes static void colours__##level(                                                                             \
      const linnet_resample_matrix *matrix, uint8_t *first, uint8_t *second, uint8_t *third, size_t count) {           \
    colours(matrix, first, second, third, count);                                                                      \
  }                                                                                                                    \
  attributes static void pixels__##level(                                                                              \
      const uint8_t *first, const uint8_t *second, const uint8_t *third, size_t stride, int turned, size_t width,      \
      size_t height, uint8_t *rgb) {                                                                                   \
    pixels(first, second, third, stride, turned, width, height, rgb);                                                  \
  }                                                                                                                    \
  const linnet_resample_loops linnet_resample__##level = {                                                             \
      down__##level, across__##level, turn__##level, colours__##level, pixels__##level}

extern const linnet_resample_loops linnet_resample__baseline;
#if defined(__x86_64__)
extern const linnet_resample_loops linnet_resample__sse41, linnet_resample__avx2, linnet_resample__avx512;
#endif

#endif
