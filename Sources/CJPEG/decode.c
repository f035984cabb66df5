#include "errors.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_AT_ONCE = 8 };

struct linnet_jpeg_decoder {
  /// First, so that the library's pointer to the decoder is a pointer to this.
  linnet_jpeg_memory memory;
  struct jpeg_decompress_struct cinfo;
  /// `cinfo` is made.
  int ready;
  linnet_jpeg_errors errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  const linnet_jpeg_request *request;
  /// The source had to invent an end of image.
  int ran_out;
};

typedef linnet_jpeg_decoder decoder;

static decoder *decoder_of(j_decompress_ptr cinfo) { return (decoder *)cinfo->client_data; }

static void source_no_op(j_decompress_ptr cinfo) { (void)cinfo; }

static boolean source_fill(j_decompress_ptr cinfo) {
  static const JOCTET end_of_image[2] = {0xFF, JPEG_EOI};
  decoder *self = decoder_of(cinfo);
  if (!self->request->allow_truncated) linnet_jpeg_fail(&self->errors, LINNET_JPEG_TRUNCATED, NULL);
  self->ran_out = 1;
  self->source.next_input_byte = end_of_image;
  self->source.bytes_in_buffer = sizeof end_of_image;
  return TRUE;
}

static void source_skip(j_decompress_ptr cinfo, long count) {
  decoder *self = decoder_of(cinfo);
  if (count <= 0) return;
  if ((size_t)count > self->source.bytes_in_buffer) {
    source_fill(cinfo);
    return;
  }
  self->source.next_input_byte += count;
  self->source.bytes_in_buffer -= (size_t)count;
}

static void limit_scans(j_common_ptr cinfo) {
  decoder *self = decoder_of((j_decompress_ptr)cinfo);
  if (self->cinfo.input_scan_number > (int)self->request->max_scans) {
    linnet_jpeg_fail(&self->errors, LINNET_JPEG_CORRUPT, "The progressive picture has too many scans");
  }
}

/// Opens the picture and reads its header; output colours and scale are set, decoding has begun.
static void start(decoder *self, const uint8_t *bytes, size_t count) {
  j_decompress_ptr cinfo = &self->cinfo;
  const linnet_jpeg_request *request = self->request;
  self->source.next_input_byte = bytes;
  self->source.bytes_in_buffer = count;
  self->source.init_source = source_no_op;
  self->source.fill_input_buffer = source_fill;
  self->source.skip_input_data = source_skip;
  self->source.resync_to_restart = jpeg_resync_to_restart;
  self->source.term_source = source_no_op;
  cinfo->src = &self->source;
  self->progress.progress_monitor = limit_scans;
  cinfo->progress = &self->progress;
  cinfo->mem->max_memory_to_use = (long)request->max_bytes;

  jpeg_read_header(cinfo, TRUE);
  if (cinfo->image_width != request->image_width || cinfo->image_height != request->image_height) {
    linnet_jpeg_fail(&self->errors, LINNET_JPEG_CORRUPT, "The picture has two headers of different size");
  }
  int four = cinfo->jpeg_color_space == JCS_CMYK || cinfo->jpeg_color_space == JCS_YCCK;
  cinfo->out_color_space = four ? JCS_CMYK : JCS_RGB;
  cinfo->scale_num = request->eighths;
  cinfo->scale_denom = 8;
  jpeg_start_decompress(cinfo);
  if (request->width < 1 || request->height < 1 || request->x + (uint64_t)request->width > cinfo->output_width ||
      request->y + (uint64_t)request->height > cinfo->output_height) {
    linnet_jpeg_fail(&self->errors, LINNET_JPEG_CORRUPT, "The wanted part lies outside the picture");
  }
}

/// Lets the library leave out what lies more than a block to the left or right of the wanted part, and returns the
/// column of the first sample it will then deliver. The block on either side keeps the chroma filter's neighbours;
/// with chroma at a quarter of the width the library loses count of them, so that all columns are kept.
static JDIMENSION narrow(decoder *self) {
  j_decompress_ptr cinfo = &self->cinfo;
  JDIMENSION block = (JDIMENSION)(cinfo->max_h_samp_factor * cinfo->min_DCT_scaled_size);
  JDIMENSION left = self->request->x > block ? self->request->x - block : 0;
  JDIMENSION right = self->request->x + self->request->width + block;
  if (right > cinfo->output_width) right = cinfo->output_width;
  JDIMENSION width = right - left;
  if (width == cinfo->output_width || cinfo->max_h_samp_factor > 2) return 0;
  jpeg_crop_scanline(cinfo, &left, &width);
  return left;
}

static void cmyk_to_rgb(const JSAMPLE *from, uint8_t *to, size_t pixels) {
  for (size_t i = 0; i < pixels; i++, from += 4, to += 3) {
    for (int c = 0; c < 3; c++) to[c] = (uint8_t)((from[c] * from[3] + 127) / 255);
  }
}

static void read_rows(decoder *self, JDIMENSION first_column, uint8_t *rgb) {
  j_decompress_ptr cinfo = &self->cinfo;
  const linnet_jpeg_request *request = self->request;
  const size_t stride = 3 * (size_t)request->width;
  const size_t skipped = (size_t)(request->x - first_column) * (size_t)cinfo->output_components;
  JSAMPARRAY rows = (*cinfo->mem->alloc_sarray)(
      (j_common_ptr)cinfo, JPOOL_IMAGE, cinfo->output_width * (JDIMENSION)cinfo->output_components, ROWS_AT_ONCE);
  if (request->y > 0) jpeg_skip_scanlines(cinfo, request->y);
  for (uint32_t y = 0; y < request->height;) {
    JDIMENSION wanted = request->height - y < ROWS_AT_ONCE ? request->height - y : ROWS_AT_ONCE;
    JDIMENSION count = jpeg_read_scanlines(cinfo, rows, wanted);
    if (count == 0) linnet_jpeg_fail(&self->errors, LINNET_JPEG_CORRUPT, "The picture has too few rows");
    for (JDIMENSION i = 0; i < count; i++, y++) {
      if (cinfo->output_components == 4) {
        cmyk_to_rgb(rows[i] + skipped, rgb + y * stride, request->width);
      } else {
        memcpy(rgb + y * stride, rows[i] + skipped, stride);
      }
    }
  }
}

/// True when an end-of-image marker lies at or after the source's position. Coded data holds none by itself.
static int has_end(const struct jpeg_source_mgr *source) {
  const uint8_t *at = source->next_input_byte;
  const uint8_t *end = at + source->bytes_in_buffer;
  while (end - at >= 2 && (at = memchr(at, 0xFF, (size_t)(end - at - 1)))) {
    if (at[1] == JPEG_EOI) return 1;
    at++;
  }
  return 0;
}

/// Rows below the wanted part are not decoded, but the file must go on to its end.
static void finish(decoder *self) {
  j_decompress_ptr cinfo = &self->cinfo;
  if (self->request->allow_truncated) return;
  if (cinfo->output_scanline >= cinfo->output_height) {
    jpeg_finish_decompress(cinfo);
  } else if (!jpeg_has_multiple_scans(cinfo) && cinfo->unread_marker != JPEG_EOI && !has_end(&self->source)) {
    linnet_jpeg_fail(&self->errors, LINNET_JPEG_TRUNCATED, NULL);
  }
}

/// Leaves nothing of the picture before: its tables lie in the memory that is taken up again.
static void make_ready(decoder *self) {
  j_decompress_ptr cinfo = &self->cinfo;
  if (!self->ready) {
    jpeg_create_decompress(cinfo);
    linnet_jpeg_memory_serve(cinfo);
    self->ready = 1;
    return;
  }
  jpeg_abort_decompress(cinfo);
  linnet_jpeg_memory_reset(&self->memory);
  memset(cinfo->quant_tbl_ptrs, 0, sizeof cinfo->quant_tbl_ptrs);
  memset(cinfo->dc_huff_tbl_ptrs, 0, sizeof cinfo->dc_huff_tbl_ptrs);
  memset(cinfo->ac_huff_tbl_ptrs, 0, sizeof cinfo->ac_huff_tbl_ptrs);
}

/// The object that a failure returns to lives in the heap, so that it keeps its values.
static void run(decoder *self, const uint8_t *bytes, size_t count, uint8_t *rgb) {
  if (setjmp(self->errors.back) != 0) return;
  make_ready(self);
  start(self, bytes, count);
  read_rows(self, narrow(self), rgb);
  finish(self);
}

linnet_jpeg_decoder *linnet_jpeg_decoder_create(void) {
  decoder *self = calloc(1, sizeof *self);
  if (self) self->cinfo.client_data = self;
  return self;
}

void linnet_jpeg_decoder_destroy(linnet_jpeg_decoder *self) {
  if (!self) return;
  if (self->ready) jpeg_destroy_decompress(&self->cinfo);
  linnet_jpeg_memory_free(&self->memory);
  free(self);
}

linnet_jpeg_status linnet_jpeg_decode(
    linnet_jpeg_decoder *self, const uint8_t *bytes, size_t count, const linnet_jpeg_request *request, uint8_t *rgb,
    char message[LINNET_JPEG_MESSAGE_BYTES]) {
  self->request = request;
  self->ran_out = 0;
  self->cinfo.err = linnet_jpeg_errors_init(&self->errors, message);
  self->errors.allow_truncated = request->allow_truncated;
  run(self, bytes, count, rgb);
  if (self->errors.status != LINNET_JPEG_OK && self->ran_out) self->errors.status = LINNET_JPEG_TRUNCATED;
  return self->errors.status;
}
