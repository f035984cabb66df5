#include "linnet_kernels.h"

enum { SUMS = 12 };

uint64_t linnet_s8_peak_12x1c1__reference(size_t rounds, int8_t activation, int8_t weight, int32_t *sum) {
  uint32_t sums[SUMS] = {0};
  uint32_t x = (uint32_t)activation, w = (uint32_t)weight;
  for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < SUMS; i++) {
      __asm__("" : "+r"(x));  // no instruction: another x as far as the compiler knows
      sums[i] += x * w;
    }
  }
  uint32_t total = 0;
  for (int i = 0; i < SUMS; i++) total += sums[i];
  *sum = (int32_t)total;
  return (uint64_t)rounds * SUMS;
}
