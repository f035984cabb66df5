#include "linnet_kernels.h"

#define LINNET_STRING(text) #text
#define LINNET_NAME(symbol) LINNET_STRING(symbol)
#define LINNET_GEMM_ROW(rows, columns, set, isa)                                                              \
  {LINNET_NAME(LINNET_GEMM_SYMBOL(rows, columns, set)), isa, rows, (columns) / LINNET_PANEL_CHANNELS, \
   LINNET_GEMM_SYMBOL(rows, columns, set)},
static const linnet_gemm_kernel gemm_kernels[] = {LINNET_GEMM_KERNELS(LINNET_GEMM_ROW)};

#define LINNET_ROW_depthwise(symbol, isa) {#symbol, isa, symbol},
#define LINNET_ROW_add(symbol, isa)
#define LINNET_ROW_peak(symbol, isa)
#define LINNET_ROW(operator, symbol, isa) LINNET_ROW_##operator(symbol, isa)
static const linnet_depthwise_kernel depthwise_kernels[] = {LINNET_KERNELS(LINNET_ROW)};

#undef LINNET_ROW_depthwise
#undef LINNET_ROW_add
#define LINNET_ROW_depthwise(symbol, isa)
#define LINNET_ROW_add(symbol, isa) {#symbol, isa, symbol},
static const linnet_add_kernel add_kernels[] = {LINNET_KERNELS(LINNET_ROW)};

#undef LINNET_ROW_add
#undef LINNET_ROW_peak
#define LINNET_ROW_add(symbol, isa)
#define LINNET_ROW_peak(symbol, isa) {#symbol, isa, symbol},
static const linnet_peak_kernel peak_kernels[] = {LINNET_KERNELS(LINNET_ROW)};

const linnet_gemm_kernel *linnet_gemm_kernel_at(size_t index) {
  return index < sizeof gemm_kernels / sizeof *gemm_kernels ? &gemm_kernels[index] : NULL;
}

const linnet_depthwise_kernel *linnet_depthwise_kernel_at(size_t index) {
  return index < sizeof depthwise_kernels / sizeof *depthwise_kernels ? &depthwise_kernels[index] : NULL;
}

const linnet_add_kernel *linnet_add_kernel_at(size_t index) {
  return index < sizeof add_kernels / sizeof *add_kernels ? &add_kernels[index] : NULL;
}

const linnet_peak_kernel *linnet_peak_kernel_at(size_t index) {
  return index < sizeof peak_kernels / sizeof *peak_kernels ? &peak_kernels[index] : NULL;
}
