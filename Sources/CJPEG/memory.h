/// The memory of a decoder that decodes one picture after the other: what the library asks for while it decodes comes
/// from blocks that stay.
#ifndef LINNET_JPEG_MEMORY_H
#define LINNET_JPEG_MEMORY_H

#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>

typedef struct linnet_jpeg_block linnet_jpeg_block;

/// Zeroed to begin with.
typedef struct linnet_jpeg_memory {
  linnet_jpeg_block *first, *current;
} linnet_jpeg_memory;

/// Serves what is asked for in the name of `cinfo` from the memory that its `client_data` begins with; its `err` is one of
/// ours. What the library keeps of a whole progressive picture is its own affair.
void linnet_jpeg_memory_serve(j_decompress_ptr cinfo);

/// Takes everything back; blocks stay.
void linnet_jpeg_memory_reset(linnet_jpeg_memory *memory);

void linnet_jpeg_memory_free(linnet_jpeg_memory *memory);

#endif
