/// The scalar requantisation that every kernel must equal to the bit.
#ifndef LINNET_REQUANTISE_H
#define LINNET_REQUANTISE_H

#include <math.h>

#include "linnet_kernels.h"

static inline int32_t linnet_clamp(int32_t value, int32_t least, int32_t greatest) {
  return value < least ? least : value > greatest ? greatest : value;
}

/// rne(value · factor) + zero_point, clamped. |value · factor| < 2^30.
static inline int8_t linnet_scale_to_code(int32_t value, float factor, int32_t zero_point, int32_t least,
                                          int32_t greatest) {
  const float scaled = (float)value * factor;
  return (int8_t)linnet_clamp((int32_t)lrintf(scaled) + zero_point, least, greatest);
}

#endif
