#define _GNU_SOURCE 1

#include "CLinux.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

/// Binds and listens; closes `descriptor` when that cannot be.
static int listen_at(int descriptor, const struct sockaddr *address, socklen_t length) {
  if (descriptor < 0) return -1;
  if (bind(descriptor, address, length) == 0 && listen(descriptor, 1) == 0) return descriptor;
  const int code = errno;
  close(descriptor);
  errno = code;
  return -1;
}

int linnet_listen_loopback(uint16_t port) {
  const struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int yes = 1;
  if (descriptor >= 0) setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  return listen_at(descriptor, (const struct sockaddr *)&address, sizeof address);
}

int linnet_listen_unix(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(address.sun_path, path);
  struct stat status;
  if (stat(path, &status) == 0 && S_ISSOCK(status.st_mode)) {
    // Somebody who still listens keeps the path; a socket that refuses is left over.
    const int asked = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int is_refused =
      asked >= 0 && connect(asked, (const struct sockaddr *)&address, sizeof address) < 0 && errno == ECONNREFUSED;
    if (asked >= 0) close(asked);
    if (is_refused) unlink(path);
  }
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  return listen_at(descriptor, (const struct sockaddr *)&address, sizeof address);
}

int linnet_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }
