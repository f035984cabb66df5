#include "../portable/requantise.h"

void linnet_s8_gemm_1x16c4__reference(const linnet_s8_gemm *g, size_t first_row, size_t end_row, size_t channel) {
  const linnet_requantisation *q = &g->requantisation;
  const size_t end_channel = g->n - channel < LINNET_PANEL_CHANNELS ? g->n : channel + LINNET_PANEL_CHANNELS;
  const size_t run = 4 * g->segment_groups;
  for (size_t row = first_row; row < end_row; row++) {
    for (size_t column = channel; column < end_channel; column++) {
      const int8_t *weights = g->w + (column / 16) * g->segment_count * g->segment_groups * 64 + (column % 16) * 4;
      int32_t sum = q->bias[column];
      for (size_t segment = 0; segment < g->segment_count; segment++) {
        const int8_t *a = g->segments[segment] + row * g->a_stride;
        for (size_t k = 0; k < run; k++) sum += (int32_t)a[k] * (int32_t)weights[(k / 4) * 64 + k % 4];
        weights += g->segment_groups * 64;
      }
      g->c[row * g->c_stride + column] =
          linnet_scale_to_code(sum, q->multiplier[column], q->zero_point, q->least, q->greatest);
    }
  }
}
