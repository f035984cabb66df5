/// int8 arithmetic of a quantised network on memory that the caller owns: no allocation, no I/O, no threads.
///
/// Every kernel of every instruction set gives the same bytes as the reference of its operator, for every shape;
/// Sources/LinnetModel/FORMAT.md has the arithmetic and the packed layout k4n16, KERNELS.md the schemes.
/// All extents are ELEMENTS unless the name ends in `_bytes`.
#ifndef LINNET_KERNELS_H
#define LINNET_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Bytes behind the last element of an activation tensor that a kernel may read (never write) and that the
/// caller must own.
enum { LINNET_OVERREAD_BYTES = 64 };

/// Output channels of a panel of packed weights.
enum { LINNET_PANEL_CHANNELS = 16 };

/// The instruction sets that kernels are written for, worst to best.
typedef enum linnet_isa {
  LINNET_ISA_REFERENCE = 0,
  LINNET_ISA_SSE41 = 1,
  LINNET_ISA_AVX2 = 2,
  LINNET_ISA_AVXVNNI = 3,
  LINNET_ISA_AVX512VNNI = 4,
} linnet_isa;

/// Nonzero when this CPU and its operating system can run `isa`.
int32_t linnet_isa_is_supported(int32_t isa);

/// How an accumulator becomes a code: `clamp(rne((float)acc * multiplier[c]) + zero_point, least, greatest)`.
///
/// The arrays hold output channels rounded up to 16. `bias` and `biased` are rows 0 and 1 of the model file's
/// bias tensor: for activations as they are, and for activations that a kernel made unsigned by adding 128.
/// The reader of the file has checked that no accumulator overflows and no product reaches 2^30.
typedef struct linnet_requantisation {
  const int32_t *bias;
  const int32_t *biased;
  const float *multiplier;
  int32_t zero_point;
  int32_t least;
  int32_t greatest;
} linnet_requantisation;

/// A matrix product: c[m, n] = requantise(Σ_k a[m, k] · w[k, n] + bias[n]).
///
/// Row i of a is `segment_groups` groups of four bytes at `segments[s] + i · a_stride`, for every s in turn: one
/// segment for a matrix, one a kernel row for a convolution that reads its picture where it lies. What a segment
/// holds beyond the true k meets zero weights. Behind those segments there may be `repeat_count` of one group each:
/// what is read once more because its weights are greater than a byte holds.
/// w: panels k4n16, [⌈n/16⌉][segment_count · segment_groups + repeat_count][16][4], 64-byte aligned, weights in
/// −127…127.
/// c: rows `c_stride` apart; exactly n of each are written. a and c do not overlap.
typedef struct linnet_s8_gemm {
  size_t n;
  const int8_t *const *segments;
  size_t segment_count, segment_groups, repeat_count;
  size_t a_stride;
  const int8_t *w;
  int8_t *c;
  size_t c_stride;
  linnet_requantisation requantisation;
} linnet_s8_gemm;

/// All segments, those of one group included.
static inline size_t linnet_s8_gemm_segments(const linnet_s8_gemm *g) { return g->segment_count + g->repeat_count; }

/// Groups of segment `segment`.
static inline size_t linnet_s8_gemm_groups(const linnet_s8_gemm *g, size_t segment) {
  return segment < g->segment_count ? g->segment_groups : 1;
}

/// Bytes of a panel of weights.
static inline size_t linnet_s8_gemm_panel_bytes(const linnet_s8_gemm *g) {
  return (g->segment_count * g->segment_groups + g->repeat_count) * 64;
}

/// Rows [first_row, end_row) of the product, output channels [channel, min(n, channel + 16 · the kernel's panels)).
///
/// All of the kernel's panels must exist. Any number of rows of at least one; those that fill no tile are done as well. channel: a multiple of 16.
typedef void linnet_s8_gemm_fn(const linnet_s8_gemm *g, size_t first_row, size_t end_row, size_t channel);

/// A depthwise convolution over a whole picture, NHWC.
///
/// Output channel c·multiplier + i is made from input channel c. w: [⌈channels·multiplier/16⌉][kernel_width]
/// [⌈kernel_height/4⌉][16][4], zero beyond kernel_height. Outside the picture lies `zero_point`.
///
/// x and y may be rings: picture row r lies at row r modulo `in_ring` of x, output row r at row r modulo `out_ring`
/// of y. A whole picture is a ring of its own height.
typedef struct linnet_s8_depthwise {
  size_t channels;
  size_t channel_multiplier;
  size_t in_height, in_width;
  size_t out_height, out_width;
  size_t kernel_height, kernel_width;
  size_t stride_height, stride_width;
  size_t pad_top, pad_left;
  size_t in_ring, out_ring;
  const int8_t *x;
  const int8_t *w;
  int8_t *y;
  int8_t zero_point;
  linnet_requantisation requantisation;
} linnet_s8_depthwise;

/// Output rows [first_row, end_row) of `d`, output channels [first_channel, end_channel).
///
/// first_channel: a multiple of 16; end_channel: a multiple of 16 or the last.
/// scratch: linnet_s8_depthwise_scratch_bytes(…) bytes, 64-byte aligned; kernels of multiplier 1 only, but for the
/// reference, which takes any and needs no scratch.
typedef void linnet_s8_depthwise_fn(const linnet_s8_depthwise *d, size_t first_row, size_t end_row,
                                    size_t first_channel, size_t end_channel, void *scratch);

/// Scratch that every depthwise kernel of this library is content with, in bytes.
/// columns: input columns under one output row, padding included: (out_width − 1) · stride_width + kernel_width.
size_t linnet_s8_depthwise_scratch_bytes(size_t columns, size_t kernel_height, size_t kernel_width);

/// The integers of an addition, as FORMAT.md derives them from the three scales.
typedef struct linnet_addition {
  int32_t bias;
  int32_t multiplier_a;
  int32_t multiplier_b;
  int32_t shift;
  int32_t zero_point;
  int32_t least;
  int32_t greatest;
} linnet_addition;

/// c[i] = clamp(((bias + a[i]·multiplier_a + b[i]·multiplier_b) >> shift) + zero_point, least, greatest).
/// a, b and c may be the same memory, but must not overlap otherwise.
typedef void linnet_s8_add_fn(size_t count, const int8_t *a, const int8_t *b, int8_t *c,
                              const linnet_addition *addition);

/// The multiply-accumulate loop of an instruction set on registers alone, in `rounds` rounds: independent sums enough
/// to hide the latency, and no instruction that a matrix product of the set could do without. No kernel is faster.
///
/// Every product is activation · weight, activation 0…127; *sum gets the sum of all of them modulo 2^32.
/// Returns how many there were.
typedef uint64_t linnet_s8_peak_fn(size_t rounds, int8_t activation, int8_t weight, int32_t *sum);

/// One row of a registry: a kernel and what it needs.
typedef struct linnet_gemm_kernel {
  const char *name;
  linnet_isa isa;
  /// The tile: rows × panels of 16 output channels.
  size_t rows, panels;
  linnet_s8_gemm_fn *run;
} linnet_gemm_kernel;

typedef struct linnet_depthwise_kernel {
  const char *name;
  linnet_isa isa;
  linnet_s8_depthwise_fn *run;
} linnet_depthwise_kernel;

typedef struct linnet_add_kernel {
  const char *name;
  linnet_isa isa;
  linnet_s8_add_fn *run;
} linnet_add_kernel;

typedef struct linnet_peak_kernel {
  const char *name;
  linnet_isa isa;
  linnet_s8_peak_fn *run;
} linnet_peak_kernel;

/// Several kernels' share of one product: `count` groups of `kernel->panels` panels side by side.
typedef struct linnet_gemm_span {
  const linnet_gemm_kernel *kernel;
  size_t count;
} linnet_gemm_span;

/// How a product is cut: up to two spans of column groups, and blocks of rows that go through every group before
/// the next block does, so that a block of a stays in the first-level cache.
typedef struct linnet_gemm_tiling {
  linnet_gemm_span spans[2];
  size_t block_rows;
} linnet_gemm_tiling;

/// Rows [first_row, end_row) and column groups [first_group, end_group) of the product, group by group.
void linnet_s8_gemm_run(const linnet_s8_gemm *g, const linnet_gemm_tiling *tiling, size_t first_row, size_t end_row,
                        size_t first_group, size_t end_group);

/// Every matrix kernel there is, worst instruction set to best: X(rows, columns, instruction set in the symbol, isa).
#if defined(__x86_64__)
#define LINNET_X86_GEMM_KERNELS(X)                \
  X(2, 16, sse41, LINNET_ISA_SSE41)               \
  X(1, 32, sse41, LINNET_ISA_SSE41)               \
  X(4, 16, avx2, LINNET_ISA_AVX2)                 \
  X(2, 32, avx2, LINNET_ISA_AVX2)                 \
  X(6, 16, avxvnni, LINNET_ISA_AVXVNNI)           \
  X(12, 16, avx512vnni, LINNET_ISA_AVX512VNNI)    \
  X(12, 32, avx512vnni, LINNET_ISA_AVX512VNNI)    \
  X(8, 48, avx512vnni, LINNET_ISA_AVX512VNNI)     \
  X(6, 64, avx512vnni, LINNET_ISA_AVX512VNNI)
#else
#define LINNET_X86_GEMM_KERNELS(X)
#endif
#define LINNET_GEMM_KERNELS(X)              \
  X(1, 16, reference, LINNET_ISA_REFERENCE) \
  LINNET_X86_GEMM_KERNELS(X)

#define LINNET_GEMM_SYMBOL(rows, columns, set) linnet_s8_gemm_##rows##x##columns##c4__##set

/// Every other kernel there is: X(operator, symbol, isa). Declarations, the registry, and through it dispatch, tests
/// and benchmarks all expand these lists.
#if defined(__x86_64__)
#define LINNET_X86_KERNELS(X)                                                \
  X(depthwise, linnet_s8_depthwise_16c2__sse41, LINNET_ISA_SSE41)             \
  X(depthwise, linnet_s8_depthwise_16c2__avx2, LINNET_ISA_AVX2)              \
  X(depthwise, linnet_s8_depthwise_32c4__avxvnni, LINNET_ISA_AVXVNNI)        \
  X(depthwise, linnet_s8_depthwise_64c4__avx512vnni, LINNET_ISA_AVX512VNNI)  \
  X(add, linnet_s8_add_8__sse41, LINNET_ISA_SSE41)                           \
  X(add, linnet_s8_add_16__avx2, LINNET_ISA_AVX2)                            \
  X(add, linnet_s8_add_64__avx512vnni, LINNET_ISA_AVX512VNNI)                \
  X(peak, linnet_s8_peak_12x4c2__sse41, LINNET_ISA_SSE41)                    \
  X(peak, linnet_s8_peak_12x8c2__avx2, LINNET_ISA_AVX2)                      \
  X(peak, linnet_s8_peak_12x8c4__avxvnni, LINNET_ISA_AVXVNNI)                \
  X(peak, linnet_s8_peak_24x16c4__avx512vnni, LINNET_ISA_AVX512VNNI)
#else
#define LINNET_X86_KERNELS(X)
#endif

#define LINNET_KERNELS(X)                                                \
  X(depthwise, linnet_s8_depthwise_1c1__reference, LINNET_ISA_REFERENCE) \
  X(add, linnet_s8_add_1__reference, LINNET_ISA_REFERENCE)               \
  X(peak, linnet_s8_peak_12x1c1__reference, LINNET_ISA_REFERENCE)        \
  LINNET_X86_KERNELS(X)

#define LINNET_DECLARE_GEMM(rows, columns, set, isa) linnet_s8_gemm_fn LINNET_GEMM_SYMBOL(rows, columns, set);
LINNET_GEMM_KERNELS(LINNET_DECLARE_GEMM)
#undef LINNET_DECLARE_GEMM
#define LINNET_DECLARE_KERNEL(operator, symbol, isa) linnet_s8_##operator##_fn symbol;
LINNET_KERNELS(LINNET_DECLARE_KERNEL)
#undef LINNET_DECLARE_KERNEL

/// Kernel `index` of an operator, worst to best; NULL past the last.
const linnet_gemm_kernel *linnet_gemm_kernel_at(size_t index);
const linnet_depthwise_kernel *linnet_depthwise_kernel_at(size_t index);
const linnet_add_kernel *linnet_add_kernel_at(size_t index);
const linnet_peak_kernel *linnet_peak_kernel_at(size_t index);

/// A window sliding over a picture, NHWC.
typedef struct linnet_window {
  size_t channels;
  size_t in_height, in_width;
  size_t out_height, out_width;
  size_t kernel_height, kernel_width;
  size_t stride_height, stride_width;
  size_t pad_top, pad_left;
} linnet_window;

/// Lays the windows of output pixels [first, end) (row-major) out as rows of a matrix for a gemm.
///
/// x: the picture's `in_channels` channels, of which `window->channels` from `first_channel` on are taken.
/// A row is kernel_height runs of kernel_width · channels bytes, each run rounded up to 4 (what fills it up is
/// unspecified), rows `row_bytes` apart. Outside the picture lies `zero_point`. Up to 16 bytes behind the last
/// row are overwritten.
void linnet_s8_gather_windows(const linnet_window *window, const int8_t *x, size_t in_channels, size_t first_channel,
                              int8_t zero_point, size_t first, size_t end, int8_t *rows, size_t row_bytes);

/// Bytes of a row that linnet_s8_gather_windows writes, without the rounding of its stride.
size_t linnet_window_row_bytes(const linnet_window *window);

/// The mean of the n taps inside the picture: where x and y have one quantisation, Σx / n in integers, half away from
/// zero; otherwise rne((float)(Σx − n·z_x) · (scale_x / (scale_y · (float)n))) + z_y. Clamped.
void linnet_s8_average_pool(const linnet_window *window, const int8_t *x, int8_t *y, int32_t zero_x, float scale_x,
                            int32_t zero_y, float scale_y, int32_t least, int32_t greatest);

/// The greatest code of each window's taps inside the picture, clamped.
void linnet_s8_maximum_pool(const linnet_window *window, const int8_t *x, int8_t *y, int32_t least, int32_t greatest);

/// sums[c] = Σ over `positions` of x[·, c]; positions lie `stride` apart.
void linnet_s8_sum_positions(size_t positions, size_t channels, size_t stride, const int8_t *x, int32_t *sums);

/// For each channel, over n `positions` of x[·, c] that lie `stride` apart, n at most 2^22:
/// means[c] = (float)(Σx − n·z) · (scale / (float)n), and in double deviations[c] = (float)(√(n·Σx² − (Σx)²) · (scale / n)),
/// the integers exact.
void linnet_s8_statistics(size_t positions, size_t channels, size_t stride, const int8_t *x, int32_t zero_point,
                          float scale, float *means, float *deviations);

/// y[i] = clamp(rne((float)(sums[i] − offset) · factor + (float)zero_point), least, greatest).
void linnet_s8_requantise_sums(size_t count, const int32_t *sums, int32_t offset, float factor, int32_t zero_point,
                               int32_t least, int32_t greatest, int8_t *y);

/// y[i] = (float)(sums[i] − offset) · factor.
void linnet_f32_scale_sums(size_t count, const int32_t *sums, int32_t offset, float factor, float *y);

/// rows × channels codes, `x_stride` apart, to `y_stride` apart. For a factor of 2^−8…2^7:
/// y = clamp((256 · zero_y + 128 + rne(256 · factor) · (x − zero_x)) >> 8); otherwise
/// y = clamp(rne((float)(x − zero_x) · factor) + zero_y).
void linnet_s8_requantise(size_t rows, size_t channels, const int8_t *x, size_t x_stride, int32_t zero_x, float factor,
                          int32_t zero_y, int8_t *y, size_t y_stride);

#endif
