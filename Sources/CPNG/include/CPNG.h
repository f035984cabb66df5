/// libpng between memory buffers. Every error of the library ends inside the call that met it and comes back as a
/// status with a sentence; nothing is kept between calls.
#ifndef LINNET_CPNG_H
#define LINNET_CPNG_H

#include <stddef.h>
#include <stdint.h>

typedef enum linnet_png_status {
  LINNET_PNG_OK = 0,
  /// The data ends before the picture does.
  LINNET_PNG_TRUNCATED,
  LINNET_PNG_CORRUPT,
  /// Memory ran out, or the picture needs more than `max_bytes` beside its pixels.
  LINNET_PNG_MEMORY,
} linnet_png_status;

enum { LINNET_PNG_MESSAGE_BYTES = 256 };

/// What to decode, in pixels.
typedef struct linnet_png_request {
  /// What the header said; another size in the data is LINNET_PNG_CORRUPT.
  uint32_t image_width, image_height;
  /// The part that is wanted, at least 1 x 1 and inside the picture.
  uint32_t x, y, width, height;
  /// Most memory for the whole of an interlaced picture.
  size_t max_bytes;
  /// Takes the end of the data for the end of the picture; what is missing is black.
  int allow_truncated;
} linnet_png_request;

/// Writes the wanted part as RGB, 3 * width * height bytes, row after row: grey becomes three equal channels, 16 bits
/// are rounded to 8, transparency (alpha or tRNS) is laid over black, gamma and colour profiles are ignored.
/// On an error `rgb` has undefined contents and `message` a sentence (else an empty one).
linnet_png_status linnet_png_decode(
    const uint8_t *bytes, size_t count, const linnet_png_request *request, uint8_t *rgb,
    char message[LINNET_PNG_MESSAGE_BYTES]);

/// Encodes 8-bit RGB. On LINNET_PNG_OK `*bytes` holds `*count` bytes that the caller gives back with
/// `linnet_png_free`.
linnet_png_status linnet_png_encode(
    const uint8_t *rgb, uint32_t width, uint32_t height, uint8_t **bytes, size_t *count,
    char message[LINNET_PNG_MESSAGE_BYTES]);

void linnet_png_free(uint8_t *bytes);

#endif
