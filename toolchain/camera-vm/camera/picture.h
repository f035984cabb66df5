/// Pictures, and their bytes as a camera sends them.
#ifndef PICTURE_H
#define PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// RGB pixels of three bytes, rows without gaps.
struct picture {
  int width, height;
  uint8_t *pixels;
};

struct bytes {
  uint8_t *data;
  size_t count;
};

/// Eight vertical bars at three quarters of full strength: white, yellow, cyan, green, magenta, red, blue, black.
struct picture picture_bars(void);

/// Reads a JPEG file; ends the program with a message where it cannot.
struct picture picture_read(const char *path);

/// The picture as large as it fits into the given size, grey beside it.
struct picture picture_fitted(const struct picture *picture, int width, int height);

/// As one JPEG of high quality, its Huffman tables (they are the standard's) left out unless `tables`.
struct bytes picture_jpeg(const struct picture *picture, bool tables);

/// As YUYV rows: BT.601 in limited range.
struct bytes picture_yuyv(const struct picture *picture);

/// As three planes, Y and a quarter each of Cb and Cr: BT.601 in limited range. Width and height are even.
struct bytes picture_yu12(const struct picture *picture);

#endif
