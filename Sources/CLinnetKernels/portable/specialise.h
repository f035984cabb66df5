/// For kernels that are written once and compiled for each shape: extents are parameters that every caller gives as
/// constants, and loops over them leave no loop.
///
/// AddressSanitizer checks a masked store byte by byte. In every copy of a tile that would be megabytes of code, on which
/// the compiler spends minutes; there parts stay functions and loops stay loops. The lines checked are the same.
#ifndef LINNET_SPECIALISE_H
#define LINNET_SPECIALISE_H

#if __has_feature(address_sanitizer)
#define INLINE static inline
#define UNROLL
#else
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#endif

#endif
