#define _GNU_SOURCE 1

#include "CLinux.h"

#include <linux/futex.h>
#include <limits.h>
#include <locale.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

uint64_t linnet_monotonic_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

long linnet_available_processors(void) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return CPU_COUNT(&allowed);
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? online : 1;
}

long linnet_second_level_cache_bytes(void) {
#ifdef _SC_LEVEL2_CACHE_SIZE
  const long reported = sysconf(_SC_LEVEL2_CACHE_SIZE);
  if (reported > 0) return reported;
#endif
  // Where the C library does not know, as on ARM, the kernel may: "512K".
  FILE *file = fopen("/sys/devices/system/cpu/cpu0/cache/index2/size", "re");
  if (!file) return 0;
  long kilobytes = 0;
  if (fscanf(file, "%ldK", &kilobytes) != 1) kilobytes = 0;
  fclose(file);
  return kilobytes > 0 && kilobytes <= 1048576 ? kilobytes * 1024 : 0;
}

void linnet_futex_wait(const uint32_t *word, uint32_t expected) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
}

void linnet_futex_wake(const uint32_t *word, int count) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

void linnet_error_text(int code, char *text, size_t capacity) {
  char buffer[128];
  const char *message = strerror_r(code, buffer, sizeof buffer);
  snprintf(text, capacity, "%s", message);
}

static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;
static locale_t c_locale;

static void make_c_locale(void) { c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0); }

int linnet_parse_number(const char *text, size_t count, double *as_double, float *as_float) {
  char copy[256];
  if (count == 0 || count >= sizeof copy) return 0;
  memcpy(copy, text, count);
  copy[count] = 0;
  pthread_once(&c_locale_once, make_c_locale);
  char *double_end, *float_end;
  *as_double = strtod_l(copy, &double_end, c_locale);
  *as_float = strtof_l(copy, &float_end, c_locale);
  return double_end == copy + count && float_end == copy + count;
}

char **linnet_environment(void) { return environ; }

int linnet_terminal_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
