#include "errors.h"

#include <stdlib.h>

typedef struct encoder {
  struct jpeg_compress_struct cinfo;
  linnet_jpeg_errors errors;
  unsigned char *bytes;
  unsigned long count;
} encoder;

/// The object that a failure returns to lives in the caller's frame, so that it keeps its values.
static void run(encoder *self, const uint8_t *rgb, uint32_t width, uint32_t height, int quality) {
  j_compress_ptr cinfo = &self->cinfo;
  if (setjmp(self->errors.back) != 0) return;
  jpeg_create_compress(cinfo);
  jpeg_mem_dest(cinfo, &self->bytes, &self->count);
  cinfo->image_width = width;
  cinfo->image_height = height;
  cinfo->input_components = 3;
  cinfo->in_color_space = JCS_RGB;
  jpeg_set_defaults(cinfo);
  jpeg_set_quality(cinfo, quality, TRUE);
  jpeg_start_compress(cinfo, TRUE);
  while (cinfo->next_scanline < height) {
    JSAMPROW row = (JSAMPROW)(rgb + 3 * (size_t)width * cinfo->next_scanline);
    jpeg_write_scanlines(cinfo, &row, 1);
  }
  jpeg_finish_compress(cinfo);
}

linnet_jpeg_status linnet_jpeg_encode(
    const uint8_t *rgb, uint32_t width, uint32_t height, int quality, uint8_t **bytes, size_t *count,
    char message[LINNET_JPEG_MESSAGE_BYTES]) {
  encoder self = {.bytes = NULL};
  self.cinfo.err = linnet_jpeg_errors_init(&self.errors, message);
  run(&self, rgb, width, height, quality);
  jpeg_destroy_compress(&self.cinfo);
  if (self.errors.status == LINNET_JPEG_OK) {
    *bytes = self.bytes;
    *count = self.count;
  } else {
    free(self.bytes);
  }
  return self.errors.status;
}

void linnet_jpeg_free(uint8_t *bytes) { free(bytes); }
