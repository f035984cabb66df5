#include "../portable/requantise.h"

void linnet_s8_add_1__reference(size_t count, const int8_t *a, const int8_t *b, int8_t *c,
                                const linnet_addition *addition) {
  for (size_t i = 0; i < count; i++) {
    const int32_t sum = addition->bias + a[i] * addition->multiplier_a + b[i] * addition->multiplier_b;
    c[i] = (int8_t)linnet_clamp((sum >> addition->shift) + addition->zero_point, addition->least,
                                addition->greatest);
  }
}
