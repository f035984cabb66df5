#include "CPNG.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_MAX_BYTES = 1 << 20, CHUNK_MAX_COUNT = 1000 };

typedef struct decoder {
  png_structp png;
  png_infop info;
  jmp_buf back;
  linnet_png_status status;
  char *message;
  const linnet_png_request *request;
  const uint8_t *at;
  size_t left;
  /// One row, or all of them where the picture is interlaced; `row_bytes` each.
  uint8_t *rows;
  size_t row_bytes;
  int interlaced, with_alpha;
} decoder;

_Noreturn static void fail(decoder *self, linnet_png_status status, const char *sentence) {
  self->status = status;
  snprintf(self->message, LINNET_PNG_MESSAGE_BYTES, "%s", sentence);
  longjmp(self->back, 1);
}

_Noreturn static void on_error(png_structp png, png_const_charp sentence) {
  fail(png_get_error_ptr(png), LINNET_PNG_CORRUPT, sentence);
}

static void on_warning(png_structp png, png_const_charp sentence) {
  (void)png;
  (void)sentence;
}

static void source_read(png_structp png, png_bytep to, size_t count) {
  decoder *self = png_get_io_ptr(png);
  if (count > self->left) fail(self, LINNET_PNG_TRUNCATED, "");
  memcpy(to, self->at, count);
  self->at += count;
  self->left -= count;
}

/// Reads the header and asks for 8-bit RGB, with alpha where the picture has any transparency.
static void start(decoder *self) {
  const linnet_png_request *request = self->request;
  self->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, self, on_error, on_warning);
  self->info = self->png ? png_create_info_struct(self->png) : NULL;
  if (!self->info) fail(self, LINNET_PNG_MEMORY, "Out of memory");
  png_structp png = self->png;
  png_set_read_fn(png, self, source_read);
  png_set_user_limits(png, request->image_width, request->image_height);
  png_set_chunk_malloc_max(png, CHUNK_MAX_BYTES);
  png_set_chunk_cache_max(png, CHUNK_MAX_COUNT);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_read_info(png, self->info);
  if (png_get_image_width(png, self->info) != request->image_width ||
      png_get_image_height(png, self->info) != request->image_height) {
    fail(self, LINNET_PNG_CORRUPT, "The picture has two headers of different size");
  }
  if (request->width < 1 || request->height < 1 || request->x + (uint64_t)request->width > request->image_width ||
      request->y + (uint64_t)request->height > request->image_height) {
    fail(self, LINNET_PNG_CORRUPT, "The wanted part lies outside the picture");
  }
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_gray_to_rgb(png);
  self->interlaced = png_set_interlace_handling(png) > 1;
  png_read_update_info(png, self->info);
  self->with_alpha = png_get_channels(png, self->info) == 4;
  self->row_bytes = png_get_rowbytes(png, self->info);
}

static void deliver(decoder *self, const uint8_t *row, uint32_t y, uint8_t *rgb) {
  const linnet_png_request *request = self->request;
  if (y < request->y || y >= request->y + request->height) return;
  uint8_t *to = rgb + 3 * (size_t)request->width * (y - request->y);
  if (!self->with_alpha) {
    memcpy(to, row + 3 * (size_t)request->x, 3 * (size_t)request->width);
    return;
  }
  const uint8_t *from = row + 4 * (size_t)request->x;
  for (uint32_t x = 0; x < request->width; x++, from += 4, to += 3) {
    for (int c = 0; c < 3; c++) to[c] = (uint8_t)((from[c] * from[3] + 127) / 255);
  }
}

static void read_rows(decoder *self, uint8_t *rgb) {
  const uint32_t height = self->request->image_height;
  if (!self->interlaced) {
    self->rows = malloc(self->row_bytes);
    if (!self->rows) fail(self, LINNET_PNG_MEMORY, "Out of memory");
    for (uint32_t y = 0; y < height; y++) {
      png_read_row(self->png, self->rows, NULL);
      deliver(self, self->rows, y, rgb);
    }
    return;
  }
  if (self->row_bytes > self->request->max_bytes / height) {
    fail(self, LINNET_PNG_MEMORY, "The interlaced picture needs too much memory");
  }
  self->rows = calloc(height, self->row_bytes);
  if (!self->rows) fail(self, LINNET_PNG_MEMORY, "Out of memory");
  for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; pass++) {
    for (uint32_t y = 0; y < height; y++) png_read_row(self->png, self->rows + y * self->row_bytes, NULL);
  }
}

/// The object that a failure returns to lives in the caller's frame, so that it keeps its values.
static void run(decoder *self, uint8_t *rgb) {
  if (setjmp(self->back) != 0) return;
  start(self);
  read_rows(self, rgb);
  if (!self->request->allow_truncated) png_read_end(self->png, NULL);
}

linnet_png_status linnet_png_decode(
    const uint8_t *bytes, size_t count, const linnet_png_request *request, uint8_t *rgb,
    char message[LINNET_PNG_MESSAGE_BYTES]) {
  decoder self = {.request = request, .at = bytes, .left = count, .message = message};
  message[0] = '\0';
  memset(rgb, 0, 3 * (size_t)request->width * request->height);
  run(&self, rgb);
  if (self.status == LINNET_PNG_TRUNCATED && request->allow_truncated && self.rows) self.status = LINNET_PNG_OK;
  if (self.status == LINNET_PNG_OK && self.interlaced) {
    for (uint32_t y = 0; y < request->image_height; y++) deliver(&self, self.rows + y * self.row_bytes, y, rgb);
  }
  free(self.rows);
  png_destroy_read_struct(&self.png, &self.info, NULL);
  return self.status;
}
