#include "picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

static struct picture blank(int width, int height) {
  struct picture made = {width, height, malloc((size_t)width * height * 3)};
  if (!made.pixels) abort();
  memset(made.pixels, 128, (size_t)width * height * 3);
  return made;
}

struct picture picture_bars(void) {
  struct picture bars = blank(640, 480);
  for (int i = 0; i < bars.width * bars.height; i++) {
    int bar = i % bars.width * 8 / bars.width;
    bars.pixels[3 * i] = bar & 2 ? 0 : 191;
    bars.pixels[3 * i + 1] = bar & 4 ? 0 : 191;
    bars.pixels[3 * i + 2] = bar & 1 ? 0 : 191;
  }
  return bars;
}

struct picture picture_read(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    exit(1);
  }
  struct jpeg_error_mgr errors;
  struct jpeg_decompress_struct decoder = {.err = jpeg_std_error(&errors)};
  jpeg_create_decompress(&decoder);
  jpeg_stdio_src(&decoder, file);
  jpeg_read_header(&decoder, TRUE);
  decoder.out_color_space = JCS_RGB;
  jpeg_start_decompress(&decoder);
  struct picture read = blank((int)decoder.output_width, (int)decoder.output_height);
  while (decoder.output_scanline < decoder.output_height) {
    JSAMPROW row = read.pixels + (size_t)decoder.output_scanline * read.width * 3;
    jpeg_read_scanlines(&decoder, &row, 1);
  }
  jpeg_finish_decompress(&decoder);
  jpeg_destroy_decompress(&decoder);
  fclose(file);
  return read;
}

static uint8_t bilinear(const struct picture *picture, double x, double y, int channel) {
  int left = (int)x, top = (int)y;
  int right = left + 1 < picture->width ? left + 1 : left, bottom = top + 1 < picture->height ? top + 1 : top;
  const uint8_t *upper = picture->pixels + (size_t)top * picture->width * 3 + channel;
  const uint8_t *lower = picture->pixels + (size_t)bottom * picture->width * 3 + channel;
  double across = x - left, down = y - top;
  return (uint8_t)((upper[3 * left] * (1 - across) + upper[3 * right] * across) * (1 - down) +
                   (lower[3 * left] * (1 - across) + lower[3 * right] * across) * down + 0.5);
}

struct picture picture_fitted(const struct picture *picture, int width, int height) {
  struct picture made = blank(width, height);
  double across = (double)width / picture->width, down = (double)height / picture->height;
  double scale = across < down ? across : down;
  int inner_width = (int)(picture->width * scale + 0.5), inner_height = (int)(picture->height * scale + 0.5);
  int left = (width - inner_width) / 2, top = (height - inner_height) / 2;
  for (int y = 0; y < inner_height; y++) {
    double from_y = (y + 0.5) / scale - 0.5;
    for (int x = 0; x < inner_width; x++) {
      double from_x = (x + 0.5) / scale - 0.5;
      uint8_t *pixel = made.pixels + ((size_t)(top + y) * width + left + x) * 3;
      for (int channel = 0; channel < 3; channel++)
        pixel[channel] = bilinear(picture, from_x < 0 ? 0 : from_x, from_y < 0 ? 0 : from_y, channel);
    }
  }
  return made;
}

/// Takes the DHT segments out of a JPEG.
static void drop_tables(struct bytes *jpeg) {
  size_t place = 2;
  while (place + 4 <= jpeg->count && jpeg->data[place + 1] != 0xDA) {
    size_t length = 2 + ((size_t)jpeg->data[place + 2] << 8) + jpeg->data[place + 3];
    if (jpeg->data[place + 1] == 0xC4) {
      memmove(jpeg->data + place, jpeg->data + place + length, jpeg->count - place - length);
      jpeg->count -= length;
    } else {
      place += length;
    }
  }
}

struct bytes picture_jpeg(const struct picture *picture, bool tables) {
  struct jpeg_error_mgr errors;
  struct jpeg_compress_struct encoder = {.err = jpeg_std_error(&errors)};
  struct bytes made = {NULL, 0};
  unsigned long count = 0;
  jpeg_create_compress(&encoder);
  jpeg_mem_dest(&encoder, &made.data, &count);
  encoder.image_width = (JDIMENSION)picture->width;
  encoder.image_height = (JDIMENSION)picture->height;
  encoder.input_components = 3;
  encoder.in_color_space = JCS_RGB;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, 95, TRUE);
  jpeg_start_compress(&encoder, TRUE);
  while (encoder.next_scanline < encoder.image_height) {
    JSAMPROW row = picture->pixels + (size_t)encoder.next_scanline * picture->width * 3;
    jpeg_write_scanlines(&encoder, &row, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  made.count = count;
  if (!tables) drop_tables(&made);
  return made;
}

static double luma(const uint8_t *pixel) { return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]; }

static uint8_t luma_code(const uint8_t *pixel) { return (uint8_t)(16 + luma(pixel) * 219 / 255 + 0.5); }

/// The codes of Cb and Cr of the mean of `count` pixels.
static void chroma_codes(const uint8_t *const *pixels, int count, uint8_t *blue, uint8_t *red) {
  double sum_blue = 0, sum_red = 0;
  for (int i = 0; i < count; i++) {
    sum_blue += pixels[i][2] - luma(pixels[i]);
    sum_red += pixels[i][0] - luma(pixels[i]);
  }
  *blue = (uint8_t)(128 + sum_blue / count / 1.772 * 224 / 255 + 0.5);
  *red = (uint8_t)(128 + sum_red / count / 1.402 * 224 / 255 + 0.5);
}

static struct bytes allocated(size_t count) {
  struct bytes made = {malloc(count), count};
  if (!made.data) abort();
  return made;
}

struct bytes picture_yuyv(const struct picture *picture) {
  struct bytes made = allocated((size_t)picture->width * picture->height * 2);
  for (size_t i = 0; i < made.count / 4; i++) {
    const uint8_t *pair[] = {picture->pixels + 6 * i, picture->pixels + 6 * i + 3};
    uint8_t *out = made.data + 4 * i;
    out[0] = luma_code(pair[0]);
    out[2] = luma_code(pair[1]);
    chroma_codes(pair, 2, &out[1], &out[3]);
  }
  return made;
}

struct bytes picture_yu12(const struct picture *picture) {
  size_t row = (size_t)picture->width * 3, pixels = (size_t)picture->width * picture->height;
  struct bytes made = allocated(pixels * 3 / 2);
  for (size_t i = 0; i < pixels; i++) made.data[i] = luma_code(picture->pixels + 3 * i);
  uint8_t *blue = made.data + pixels, *red = blue + pixels / 4;
  for (int y = 0; y < picture->height; y += 2) {
    for (int x = 0; x < picture->width; x += 2) {
      const uint8_t *first = picture->pixels + (size_t)y * row + 3 * x;
      const uint8_t *square[] = {first, first + 3, first + row, first + row + 3};
      chroma_codes(square, 4, blue++, red++);
    }
  }
  return made;
}
