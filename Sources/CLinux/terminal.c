#define _GNU_SOURCE 1

#include "CLinux.h"

#include <sys/ioctl.h>
#include <termios.h>

void linnet_terminal_size(int descriptor, struct linnet_terminal_size *size) {
  struct winsize found = {0};
  if (ioctl(descriptor, TIOCGWINSZ, &found) != 0) memset(&found, 0, sizeof found);
  *size = (struct linnet_terminal_size){found.ws_col, found.ws_row, found.ws_xpixel, found.ws_ypixel};
}

/// The other screen, no cursor, no wrapping; and back.
static const char enter[] = "\033[?1049h\033[?25l\033[?7l\033[2J";
static const char leave[] = "\033[0m\033[?7h\033[?25h\033[?1049l";

static volatile sig_atomic_t keys = -1;
static struct termios before;

void linnet_terminal_give_back(void) {
  const int descriptor = keys;
  if (descriptor < 0) return;
  keys = -1;
  const int code = errno;
  (void)!write(STDOUT_FILENO, leave, sizeof leave - 1);
  tcsetattr(descriptor, TCSAFLUSH, &before);
  errno = code;
}

void linnet_end_by_signal(int signal_number) {
  linnet_terminal_give_back();
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

int linnet_terminal_take(int descriptor) {
  static int is_registered = 0;
  struct termios now;
  if (keys >= 0 || tcgetattr(descriptor, &before) != 0) return -1;
  now = before;
  now.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
  // Stopped, it would leave the terminal as it is now; Ctrl-Z does nothing.
  now.c_cc[VSUSP] = _POSIX_VDISABLE;
  now.c_cc[VMIN] = 0;
  now.c_cc[VTIME] = 0;
  if (!is_registered) {
    atexit(linnet_terminal_give_back);
    const int ends[] = {SIGHUP, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV};
    const struct sigaction action = {.sa_handler = linnet_end_by_signal};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) sigaction(ends[i], &action, NULL);
    is_registered = 1;
  }
  keys = descriptor;
  if (tcsetattr(descriptor, TCSAFLUSH, &now) != 0) {
    keys = -1;
    return -1;
  }
  (void)!write(STDOUT_FILENO, enter, sizeof enter - 1);
  return 0;
}
