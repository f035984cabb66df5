#include "linnet_kernels.h"

// The compiler's detection asks the operating system too (XGETBV) before it reports a register file as usable.
int32_t linnet_isa_is_supported(int32_t isa) {
  switch (isa) {
    case LINNET_ISA_REFERENCE: return 1;
#if defined(__x86_64__)
    case LINNET_ISA_SSE41: return __builtin_cpu_supports("sse4.1") != 0;
    case LINNET_ISA_AVX2: return __builtin_cpu_supports("avx2") != 0;
    case LINNET_ISA_AVXVNNI: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("avxvnni");
    case LINNET_ISA_AVX512VNNI:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
#endif
    default: return 0;
  }
}
