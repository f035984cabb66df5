#include "linnet_kernels.h"

void linnet_s8_gemm_run(const linnet_s8_gemm *g, const linnet_gemm_tiling *tiling, size_t first_row, size_t end_row,
                        size_t first_group, size_t end_group) {
  for (size_t start = first_row; start < end_row;) {
    const size_t left = end_row - start;
    // A short remainder joins the block before it.
    const size_t end = left < tiling->block_rows + tiling->block_rows / 2 ? end_row : start + tiling->block_rows;
    size_t group = 0, channel = 0;
    for (size_t s = 0; s < 2; s++) {
      const linnet_gemm_span *span = &tiling->spans[s];
      for (size_t i = 0; i < span->count; i++, group++, channel += span->kernel->panels * LINNET_PANEL_CHANNELS) {
        if (group >= first_group && group < end_group) span->kernel->run(g, start, end, channel);
      }
    }
    start = end;
  }
}
