#include "usbip.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HIGH_SPEED = 3, BUS_AND_DEVICE = 0x10001, RET_SUBMIT = 3, RET_UNLINK = 4, HEADER_WORDS = 12 };

static bool read_all(int descriptor, void *data, size_t count) {
  return count == 0 || recv(descriptor, data, count, MSG_WAITALL) == (ssize_t)count;
}

static bool write_all(int descriptor, const void *data, size_t count) {
  for (const char *next = data; count > 0;) {
    ssize_t sent = send(descriptor, next, count, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    next += sent;
    count -= (size_t)sent;
  }
  return true;
}

int usbip_plug(int port) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
    perror("socketpair");
    return -1;
  }
  char line[64];
  int length = snprintf(line, sizeof line, "%d %d %d %d", port, ends[1], BUS_AND_DEVICE, HIGH_SPEED);
  int attach = open("/sys/devices/platform/vhci_hcd.0/attach", O_WRONLY | O_CLOEXEC);
  bool attached = attach >= 0 && write(attach, line, (size_t)length) == length;
  if (!attached) {
    perror("attaching to vhci_hcd");
    close(ends[0]);
  }
  if (attach >= 0) close(attach);
  close(ends[1]);
  return attached ? ends[0] : -1;
}

bool usbip_read(int descriptor, struct usbip_request *request) {
  uint32_t words[HEADER_WORDS];
  if (!read_all(descriptor, words, sizeof words)) return false;
  request->command = ntohl(words[0]);
  request->sequence = ntohl(words[1]);
  request->in = ntohl(words[3]) != 0;
  request->endpoint = ntohl(words[4]);
  request->unlinked = ntohl(words[5]);
  request->length = ntohl(words[6]);
  memcpy(request->setup, words + 10, sizeof request->setup);
  return true;
}

bool usbip_read_data(int descriptor, void *data, uint32_t count) { return read_all(descriptor, data, count); }

bool usbip_answer(int descriptor, uint32_t sequence, int status, const void *data, uint32_t count) {
  uint32_t words[HEADER_WORDS] = {htonl(RET_SUBMIT), htonl(sequence), 0, 0, 0, htonl((uint32_t)status), htonl(count)};
  return write_all(descriptor, words, sizeof words) && (!data || write_all(descriptor, data, count));
}

bool usbip_answer_unlink(int descriptor, uint32_t sequence, bool pending) {
  uint32_t status = pending ? (uint32_t)-ECONNRESET : 0;
  uint32_t words[HEADER_WORDS] = {htonl(RET_UNLINK), htonl(sequence), 0, 0, 0, htonl(status)};
  return write_all(descriptor, words, sizeof words);
}
