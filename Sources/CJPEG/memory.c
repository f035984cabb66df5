#include "memory.h"

#include "errors.h"

#include <stdlib.h>

enum {
  /// The library's vector code wants rows to begin and to end on such a boundary.
  ALIGNMENT = 64,
  LEAST_BLOCK = 1 << 18,
};

struct linnet_jpeg_block {
  linnet_jpeg_block *next;
  size_t size, used;
};

static size_t aligned(size_t size) { return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

static unsigned char *bytes_of(linnet_jpeg_block *block) { return (unsigned char *)block + aligned(sizeof *block); }

static linnet_jpeg_block *new_block(j_common_ptr cinfo, size_t size) {
  if (size < LEAST_BLOCK) size = LEAST_BLOCK;
  linnet_jpeg_block *block = aligned_alloc(ALIGNMENT, aligned(sizeof *block) + size);
  if (!block) linnet_jpeg_fail((linnet_jpeg_errors *)cinfo->err, LINNET_JPEG_MEMORY, NULL);
  *block = (linnet_jpeg_block){.size = size};
  return block;
}

static void *take(j_common_ptr cinfo, size_t size) {
  linnet_jpeg_memory *memory = cinfo->client_data;
  size = aligned(size);
  if (!memory->first) memory->first = memory->current = new_block(cinfo, size);
  linnet_jpeg_block *block = memory->current;
  while (block->size - block->used < size) {
    if (!block->next) block->next = new_block(cinfo, size);
    block = block->next;
  }
  memory->current = block;
  void *taken = bytes_of(block) + block->used;
  block->used += size;
  return taken;
}

static void *take_small(j_common_ptr cinfo, int pool, size_t size) {
  (void)pool;
  return take(cinfo, size);
}

static JSAMPARRAY take_samples(j_common_ptr cinfo, int pool, JDIMENSION samples, JDIMENSION rows) {
  (void)pool;
  const size_t stride = aligned(samples * sizeof(JSAMPLE));
  JSAMPARRAY array = take(cinfo, rows * sizeof(JSAMPROW));
  JSAMPROW row = take(cinfo, rows * stride);
  for (JDIMENSION i = 0; i < rows; i++) array[i] = row + i * stride;
  return array;
}

static JBLOCKARRAY take_coefficients(j_common_ptr cinfo, int pool, JDIMENSION blocks, JDIMENSION rows) {
  (void)pool;
  JBLOCKARRAY array = take(cinfo, rows * sizeof(JBLOCKROW));
  JBLOCKROW row = take(cinfo, (size_t)rows * blocks * sizeof(JBLOCK));
  for (JDIMENSION i = 0; i < rows; i++) array[i] = row + (size_t)i * blocks;
  return array;
}

void linnet_jpeg_memory_serve(j_decompress_ptr cinfo) {
  cinfo->mem->alloc_small = take_small;
  cinfo->mem->alloc_large = take_small;
  cinfo->mem->alloc_sarray = take_samples;
  cinfo->mem->alloc_barray = take_coefficients;
}

void linnet_jpeg_memory_reset(linnet_jpeg_memory *memory) {
  memory->current = memory->first;
  for (linnet_jpeg_block *block = memory->first; block; block = block->next) block->used = 0;
}

void linnet_jpeg_memory_free(linnet_jpeg_memory *memory) {
  for (linnet_jpeg_block *block = memory->first; block;) {
    linnet_jpeg_block *next = block->next;
    free(block);
    block = next;
  }
  *memory = (linnet_jpeg_memory){NULL, NULL};
}
