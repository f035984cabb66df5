#include "../portable/requantise.h"

void linnet_s8_gemm_1x16c4__reference(const linnet_s8_gemm *g, size_t first_row, size_t end_row, size_t channel) {
  const linnet_requantisation *q = &g->requantisation;
  const size_t end_channel = g->n - channel < LINNET_PANEL_CHANNELS ? g->n : channel + LINNET_PANEL_CHANNELS;
  for (size_t row = first_row; row < end_row; row++) {
    for (size_t column = channel; column < end_channel; column++) {
      const int8_t *weights = g->w + column / 16 * linnet_s8_gemm_panel_bytes(g) + (column % 16) * 4;
      int32_t sum = q->bias[column];
      for (size_t segment = 0; segment < linnet_s8_gemm_segments(g); segment++) {
        const int8_t *a = g->segments[segment] + row * g->a_stride;
        const size_t groups = linnet_s8_gemm_groups(g, segment);
        for (size_t k = 0; k < 4 * groups; k++) sum += (int32_t)a[k] * (int32_t)weights[(k / 4) * 64 + k % 4];
        weights += groups * 64;
      }
      g->c[row * g->c_stride + column] =
          linnet_scale_to_code(sum, q->multiplier[column], q->zero_point, q->least, q->greatest);
    }
  }
}
