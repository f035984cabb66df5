/// libc and the kernel, as far as Swift cannot import them itself: Embedded Swift has no `Glibc` module, and
/// variadic functions, errno and system call numbers do not cross the border anywhere.
#ifndef LINNET_CLINUX_H
#define LINNET_CLINUX_H

// Not _GNU_SOURCE: it changes the shape of some types, and Swift's own module of libc is made without it.
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1
#endif

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/// The calling thread's `errno`.
static inline int linnet_errno(void) { return errno; }

/// `open(2)` with O_CLOEXEC always set; `mode` counts only when O_CREAT is among the flags.
static inline int linnet_open(const char *path, int flags, mode_t mode) {
  return open(path, flags | O_CLOEXEC, mode);
}

/// True when `mmap` failed (MAP_FAILED is a cast that Swift cannot import).
static inline int linnet_is_map_failed(const void *address) { return address == MAP_FAILED; }

/// Columns of the terminal behind `descriptor`, 0 when it is none or does not say.
int linnet_terminal_columns(int descriptor);

/// Extents of a terminal in characters and in pixels, each 0 where it does not say.
struct linnet_terminal_size {
  int columns, rows, width, height;
};
void linnet_terminal_size(int descriptor, struct linnet_terminal_size *size);

/// Takes the terminal of standard output for drawing: its other screen without a cursor, and the keys of `descriptor`, the
/// same terminal, one by one and unseen; Ctrl-C stays a signal. It is given back by `linnet_terminal_give_back`, at exit,
/// and when a signal ends the process. −1 where it is no terminal or taken already. For one thread.
int linnet_terminal_take(int descriptor);
void linnet_terminal_give_back(void);

/// A signal handler: gives the terminal back, and ends the process as the signal would.
void linnet_end_by_signal(int signal);

/// A socket that listens on a port of 127.0.0.1, or on a Unix socket at `path`, in place of one that nobody listens at any
/// more; −1 with `errno` when that cannot be.
int linnet_listen_loopback(uint16_t port);
int linnet_listen_unix(const char *path);

/// Who has connected to `listener`, −1 when nobody has.
int linnet_accept(int listener);

/// From now on writing to a closed pipe fails with EPIPE instead of ending the process.
static inline void linnet_ignore_broken_pipes(void) { signal(SIGPIPE, SIG_IGN); }

/// The exit status in what `waitpid` reported, or −1 when a signal ended the process.
static inline int linnet_exit_status(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

/// The calling process's environment, as `posix_spawn` takes it.
char **linnet_environment(void);

/// Writes what the system calls error `code` into `text`, cut at `capacity` bytes with the final zero; thread-safe.
void linnet_error_text(int code, char *text, size_t capacity);

/// Reads the decimal number `text` of `count` bytes, "." as decimal point whatever the locale; each result rounded
/// once, to nearest, infinite when out of range. False when the text is not wholly a number or longer than 255 bytes.
int linnet_parse_number(const char *text, size_t count, double *as_double, float *as_float);

/// What kind of file `status` is of, as `S_IFREG`.
static inline int linnet_file_kind(const struct stat *status) { return (int)(status->st_mode & S_IFMT); }

/// The name of a folder entry (`d_name` is an array of fixed length to Swift).
static inline const char *linnet_entry_name(const struct dirent *entry) { return entry->d_name; }

/// Nanoseconds of CLOCK_MONOTONIC.
uint64_t linnet_monotonic_nanoseconds(void);

/// Sleeps while `*word` equals `expected`, until woken; may return early. Process-private futex.
void linnet_futex_wait(const uint32_t *word, uint32_t expected);

/// Wakes up to `count` sleepers on `word`.
void linnet_futex_wake(const uint32_t *word, int count);

/// Processors that this process may run on; at least 1.
long linnet_available_processors(void);

/// Bytes of the first processor's second-level cache, 0 when the system does not say.
long linnet_second_level_cache_bytes(void);

/// Makes a descriptor that is readable from the first `linnet_event_raise` on, or −1.
int linnet_event_make(void);

/// May be called in a signal handler.
void linnet_event_raise(int event);

/// From now on SIGINT and SIGTERM raise `event`, which stays open as long as the process; the second one ends it.
void linnet_event_raise_by_signals(int event);

/// What `linnet_wait` returns when `interruption` is readable.
enum { LINNET_INTERRUPTED = 1 << 16 };

/// Waits until `descriptor` (−1: none) has one of `events` of poll(2), `interruption` (−1: none) is readable, or
/// CLOCK_MONOTONIC has reached `deadline` nanoseconds. Returns the events of `descriptor`, 0 when the time is over.
int linnet_wait(int descriptor, short events, int interruption, uint64_t deadline);

/// Tells the core that this is a spin loop.
static inline void linnet_spin_hint(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ __volatile__("yield");
#endif
}

#endif
