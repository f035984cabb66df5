/// uvc-camera COMMANDS FORMATS PICTURE.jpg…: a USB camera in user space. The kernel's own uvcvideo driver makes a video device
/// of it.
///
/// FORMATS are what it offers, best first, with commas between: MJPG, YUYV, YU12. It films colour bars until it is told
/// otherwise. COMMANDS is a FIFO, a command a line; each is answered on standard output by "did COMMAND" once it is in effect.
///
///   show N              films the N-th picture from 1 on; 0 is the colour bars
///   error N             the next N frames carry the error bit
///   short N             the next N frames end after half of their bytes
///   garbage N           the next N frames are random bytes
///   tables 0|1          without or with the Huffman tables of JPEG frames
///   send WIDTH HEIGHT   frames of another size than was agreed on; 0 0 ends it
///   stall, resume       no frames at all
///   refuse, accept      no agreement on any format
///   unplug, plug PORT   off the bus, and on again at a port of the controller
///   quit
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "picture.h"
#include "usbip.h"
#include "uvc.h"

enum { MOST_PICTURES = 64, MOST_TRANSFERS = 64 };

static struct picture pictures[MOST_PICTURES];
static int picture_count;
static struct uvc camera;
/// The bus, or −1 while unplugged; and the transfers that wait for a payload, oldest first.
static int bus = -1;
static struct {
  uint32_t sequence, length;
} transfers[MOST_TRANSFERS];
static int transfer_count;

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void unplug(void) {
  if (bus < 0) return;
  shutdown(bus, SHUT_RDWR);
  close(bus);
  bus = -1;
  transfer_count = 0;
  camera.sending = false;
}

/// The controller needs a moment to see that a port has become free.
static void plug(int port) {
  unplug();
  for (int attempt = 0; attempt < 50 && bus < 0; attempt++) {
    bus = usbip_plug(port);
    if (bus < 0) usleep(100000);
  }
  if (bus < 0) exit(1);
}

static bool obey(const char *command) {
  char word[16] = "";
  int first = 0, second = 0;
  sscanf(command, "%15s %d %d", word, &first, &second);
  if (!strcmp(word, "show") && first >= 0 && first < picture_count) camera.scene = &pictures[first];
  else if (!strcmp(word, "error")) camera.fault = UVC_ERROR_BIT, camera.faulty = first;
  else if (!strcmp(word, "short")) camera.fault = UVC_SHORT, camera.faulty = first;
  else if (!strcmp(word, "garbage")) camera.fault = UVC_GARBAGE, camera.faulty = first;
  else if (!strcmp(word, "tables")) camera.without_tables = !first;
  else if (!strcmp(word, "send")) camera.sent_width = first, camera.sent_height = second;
  else if (!strcmp(word, "stall")) camera.stalled = true;
  else if (!strcmp(word, "resume")) camera.stalled = false, camera.due = seconds();
  else if (!strcmp(word, "refuse")) camera.refusing = true;
  else if (!strcmp(word, "accept")) camera.refusing = false;
  else if (!strcmp(word, "unplug")) unplug();
  else if (!strcmp(word, "plug")) plug(first);
  else if (!strcmp(word, "quit")) exit(0);
  else return false;
  camera.revision++;
  return true;
}

static void obey_all(int commands) {
  static char lines[1024];
  static size_t count;
  ssize_t got = read(commands, lines + count, sizeof lines - 1 - count);
  if (got <= 0) return;
  count += (size_t)got;
  lines[count] = 0;
  char *line = lines;
  for (char *end; (end = strchr(line, '\n')); line = end + 1) {
    *end = 0;
    printf("%s %s\n", obey(line) ? "did" : "unknown:", line);
  }
  count -= (size_t)(line - lines);
  memmove(lines, line, count);
}

/// Answers one request of the host; false where the connection has ended.
static bool serve(void) {
  struct usbip_request request;
  if (!usbip_read(bus, &request)) return false;
  if (request.command == USBIP_UNLINK) {
    bool pending = false;
    for (int i = 0; i < transfer_count && !pending; i++) {
      if (transfers[i].sequence != request.unlinked) continue;
      memmove(transfers + i, transfers + i + 1, sizeof transfers[0] * (size_t)(--transfer_count - i));
      pending = true;
    }
    return usbip_answer_unlink(bus, request.sequence, pending);
  }
  if (request.command != USBIP_SUBMIT) return false;
  static uint8_t sent[4096], answer[UVC_ANSWER];
  if (!request.in && (request.length > sizeof sent || !usbip_read_data(bus, sent, request.length))) return false;
  if (request.endpoint == 1 && request.in && transfer_count < MOST_TRANSFERS) {
    transfers[transfer_count].sequence = request.sequence;
    transfers[transfer_count++].length = request.length;
    return true;
  }
  if (request.endpoint != 0) return usbip_answer(bus, request.sequence, -EPIPE, NULL, 0);
  int count = uvc_control(&camera, request.setup, sent, request.length, seconds(), answer);
  if (count < 0) return usbip_answer(bus, request.sequence, -EPIPE, NULL, 0);
  if (!request.in) return usbip_answer(bus, request.sequence, 0, NULL, request.length);
  uint32_t wanted = request.length;
  return usbip_answer(bus, request.sequence, 0, answer, (uint32_t)count < wanted ? (uint32_t)count : wanted);
}

/// Sends payloads as long as there are some due and transfers that take them.
static bool send_due(void) {
  static uint8_t payload[UVC_PAYLOAD];
  while (transfer_count > 0 && uvc_wait(&camera, seconds()) == 0) {
    uint32_t count = uvc_payload(&camera, seconds(), payload, transfers[0].length), sequence = transfers[0].sequence;
    memmove(transfers, transfers + 1, sizeof transfers[0] * (size_t)--transfer_count);
    if (!usbip_answer(bus, sequence, 0, payload, count)) return false;
  }
  return true;
}

int main(int count, char **arguments) {
  if (count < 3 || count - 3 >= MOST_PICTURES || !uvc_start(&camera, arguments[2], &pictures[0])) {
    fprintf(stderr, "usage: uvc-camera COMMANDS MJPG,YUYV,YU12 PICTURE.jpg...\n");
    return 64;
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  pictures[picture_count++] = picture_bars();
  for (int i = 3; i < count; i++) pictures[picture_count++] = picture_read(arguments[i]);
  // Opened for writing too, so that it does not end when a writer goes.
  int commands = open(arguments[1], O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (commands < 0) {
    perror(arguments[1]);
    return 1;
  }
  plug(0);
  printf("did start\n");
  for (;;) {
    struct pollfd waited[] = {{commands, POLLIN, 0}, {bus, POLLIN, 0}};
    double wait = transfer_count > 0 ? uvc_wait(&camera, seconds()) : -1;
    if (poll(waited, 2, wait < 0 ? -1 : (int)(wait * 1000) + 1) < 0 && errno != EINTR) return 1;
    if (waited[0].revents) obey_all(commands);
    bool connected = bus >= 0;
    if (connected && waited[1].fd == bus && waited[1].revents) connected = serve();
    if (connected) connected = send_due();
    if (!connected) unplug();
  }
}
