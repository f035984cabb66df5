/// SHA-256 (FIPS 180-4) of libmd, which every Debian carries.
#ifndef LINNET_CDIGEST_H
#define LINNET_CDIGEST_H

// As CLinux has it: one program must see one shape of the system's types.
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1
#endif

#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>
#include <sha2.h>

/// State of one SHA-256 computation.
typedef struct linnet_sha256 {
  SHA2_CTX context;
} linnet_sha256;

static inline void linnet_sha256_begin(linnet_sha256 *state) { SHA256Init(&state->context); }

static inline void linnet_sha256_update(linnet_sha256 *state, const void *bytes, size_t count) {
  SHA256Update(&state->context, (const uint8_t *)bytes, count);
}

/// `digest` takes 32 bytes; the state must not be used afterwards.
static inline void linnet_sha256_finish(linnet_sha256 *state, uint8_t *digest) {
  SHA256Final(digest, &state->context);
}

#endif
