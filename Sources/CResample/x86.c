#include "levels.h"

#if defined(__x86_64__)

linnet_resample_level linnet_resample_best_level(void) {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    return LINNET_RESAMPLE_AVX512;
  }
  if (__builtin_cpu_supports("avx2")) return LINNET_RESAMPLE_AVX2;
  if (__builtin_cpu_supports("sse4.1")) return LINNET_RESAMPLE_SSE41;
  return LINNET_RESAMPLE_BASELINE;
}

LINNET_RESAMPLE_LEVEL(sse41, __attribute__((target("sse4.1"))));
LINNET_RESAMPLE_LEVEL(avx2, __attribute__((target("avx2"))));
LINNET_RESAMPLE_LEVEL(avx512, __attribute__((target("avx512f,avx512bw,avx512vl"), min_vector_width(512))));

#endif
