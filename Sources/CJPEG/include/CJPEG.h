/// libjpeg-turbo between memory buffers. Every error of the library ends inside the call that met it and comes back
/// as a status with a sentence.
#ifndef LINNET_CJPEG_H
#define LINNET_CJPEG_H

#include <stddef.h>
#include <stdint.h>

typedef enum linnet_jpeg_status {
  LINNET_JPEG_OK = 0,
  /// The data ends before the picture does.
  LINNET_JPEG_TRUNCATED,
  LINNET_JPEG_CORRUPT,
  /// A kind of JPEG that the library does not decode.
  LINNET_JPEG_UNSUPPORTED,
  /// Memory ran out, or the picture needs more than `max_bytes` beside its pixels.
  LINNET_JPEG_MEMORY,
} linnet_jpeg_status;

enum { LINNET_JPEG_MESSAGE_BYTES = 256 };

/// What to decode. Extents and offsets are pixels of the stored picture (before any EXIF orientation) after it is
/// scaled by `eighths` / 8, where it has ceil(width * eighths / 8) x ceil(height * eighths / 8) pixels.
typedef struct linnet_jpeg_request {
  /// What the header said; another size in the data is LINNET_JPEG_CORRUPT.
  uint32_t image_width, image_height;
  /// 1 ... 8.
  uint32_t eighths;
  /// The part that is wanted, at least 1 x 1 and inside the scaled picture.
  uint32_t x, y, width, height;
  /// Most memory for the coefficients of a progressive picture.
  size_t max_bytes;
  /// Most scans of a progressive picture.
  uint32_t max_scans;
  /// Takes the end of the data for the end of the picture; what is missing is grey.
  int allow_truncated;
} linnet_jpeg_request;

/// Decodes one picture after the other. It keeps its memory, so that a baseline picture like the last one allocates
/// nothing, and nothing else: a picture's tables do not serve the next.
typedef struct linnet_jpeg_decoder linnet_jpeg_decoder;

/// Null where there is no memory. Given back with `linnet_jpeg_decoder_destroy`.
linnet_jpeg_decoder *linnet_jpeg_decoder_create(void);

void linnet_jpeg_decoder_destroy(linnet_jpeg_decoder *decoder);

/// Writes the wanted part as RGB, 3 * width * height bytes, row after row. Grey becomes three equal channels; CMYK
/// and YCCK are taken for inverted, as Adobe writes them, and multiplied out without a colour profile. A picture without
/// Huffman tables, as cameras send them, has those of ITU-T T.81, annex K.
/// On an error `rgb` has undefined contents and `message` a sentence (else an empty one).
linnet_jpeg_status linnet_jpeg_decode(
    linnet_jpeg_decoder *decoder, const uint8_t *bytes, size_t count, const linnet_jpeg_request *request, uint8_t *rgb,
    char message[LINNET_JPEG_MESSAGE_BYTES]);

/// Encodes RGB as a baseline JPEG, `quality` 1 ... 100, chroma halved both ways. On LINNET_JPEG_OK `*bytes` holds
/// `*count` bytes that the caller gives back with `linnet_jpeg_free`.
linnet_jpeg_status linnet_jpeg_encode(
    const uint8_t *rgb, uint32_t width, uint32_t height, int quality, uint8_t **bytes, size_t *count,
    char message[LINNET_JPEG_MESSAGE_BYTES]);

void linnet_jpeg_free(uint8_t *bytes);

#endif
