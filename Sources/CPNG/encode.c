#include "CPNG.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>

linnet_png_status linnet_png_encode(
    const uint8_t *rgb, uint32_t width, uint32_t height, uint8_t **bytes, size_t *count,
    char message[LINNET_PNG_MESSAGE_BYTES]) {
  png_image image = {.version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_RGB};
  message[0] = '\0';
  png_alloc_size_t room = PNG_IMAGE_PNG_SIZE_MAX(image);
  uint8_t *buffer = malloc(room);
  if (!buffer) {
    snprintf(message, LINNET_PNG_MESSAGE_BYTES, "Out of memory");
    return LINNET_PNG_MEMORY;
  }
  if (!png_image_write_to_memory(&image, buffer, &room, 0, rgb, 0, NULL)) {
    snprintf(message, LINNET_PNG_MESSAGE_BYTES, "%s", image.message);
    free(buffer);
    return LINNET_PNG_MEMORY;
  }
  *bytes = buffer;
  *count = room;
  return LINNET_PNG_OK;
}

void linnet_png_free(uint8_t *bytes) { free(bytes); }
