#include "../portable/requantise.h"

void linnet_s8_gemm_1x1c4__reference(size_t m, size_t n, size_t k_groups, const int8_t *a, size_t a_stride,
                                     const int8_t *w, int8_t *c, size_t c_stride,
                                     const linnet_requantisation *requantisation) {
  for (size_t row = 0; row < m; row++) {
    for (size_t column = 0; column < n; column++) {
      const int8_t *panel = w + (column / 16) * k_groups * 64 + (column % 16) * 4;
      int32_t sum = requantisation->bias[column];
      for (size_t k = 0; k < 4 * k_groups; k++) {
        sum += (int32_t)a[row * a_stride + k] * (int32_t)panel[(k / 4) * 64 + k % 4];
      }
      c[row * c_stride + column] =
          linnet_scale_to_code(sum, requantisation->multiplier[column], requantisation->zero_point,
                               requantisation->least, requantisation->greatest);
    }
  }
}
