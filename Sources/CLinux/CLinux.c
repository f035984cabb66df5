#define _GNU_SOURCE 1

#include "CLinux.h"

#include <linux/futex.h>
#include <limits.h>
#include <locale.h>
#include <sched.h>
#include <sys/eventfd.h>
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

int linnet_event_make(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void linnet_event_raise(int event) {
  const uint64_t one = 1;
  const int before = errno;
  // Full (EAGAIN) is raised as well.
  (void)!write(event, &one, sizeof one);
  errno = before;
}

static volatile sig_atomic_t raised_by_signals = -1;

static void raise_event(int signal) {
  const struct sigaction end = {.sa_handler = linnet_end_by_signal};
  sigaction(signal, &end, NULL);
  linnet_event_raise(raised_by_signals);
}

void linnet_event_raise_by_signals(int event) {
  raised_by_signals = event;
  const struct sigaction action = {.sa_handler = raise_event};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  // Whoever started this process may have left them blocked.
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, SIGINT);
  sigaddset(&both, SIGTERM);
  pthread_sigmask(SIG_UNBLOCK, &both, NULL);
}

int linnet_wait(int descriptor, short events, int interruption, uint64_t deadline) {
  struct pollfd polled[2] = {{.fd = descriptor, .events = events}, {.fd = interruption, .events = POLLIN}};
  for (;;) {
    const uint64_t now = linnet_monotonic_nanoseconds();
    const uint64_t milliseconds = deadline > now ? (deadline - now + 999999) / 1000000 : 0;
    const int ready = poll(polled, 2, milliseconds > INT_MAX ? INT_MAX : (int)milliseconds);
    if (ready < 0 && errno != EINTR && errno != EAGAIN) return POLLERR;
    if (polled[1].revents) return LINNET_INTERRUPTED;
    if (ready > 0) return polled[0].revents;
    if (ready == 0 && linnet_monotonic_nanoseconds() >= deadline) return 0;
  }
}
