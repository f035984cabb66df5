#include "uvc.h"

#include <stdlib.h>
#include <string.h>

enum { MJPEG = 1, YUYV = 2 };
static const struct {
  uint8_t format, index;
  uint16_t width, height;
} sizes[] = {{MJPEG, 1, 640, 480}, {MJPEG, 2, 320, 240}, {MJPEG, 3, 1280, 720}, {YUYV, 1, 640, 480}, {YUYV, 2, 320, 240}};
enum { SIZES = sizeof sizes / sizeof sizes[0], MJPEG_SIZES = 3, YUYV_SIZES = 2 };
/// Intervals between frames, 100 ns: 30, 15 and 5 a second.
static const uint32_t intervals[] = {333333, 666666, 2000000};
static const char *const strings[] = {"", "Linnet", "Rig Camera", "0001"};

// Descriptors. Names are those of the USB video class specification 1.1, section 3.

struct descriptors {
  uint8_t bytes[512];
  size_t count;
};

static void put(struct descriptors *to, size_t width, uint32_t value) {
  for (; width > 0; width--, value >>= 8) to->bytes[to->count++] = (uint8_t)value;
}

static void put_all(struct descriptors *to, const uint8_t *bytes, size_t count) {
  memcpy(to->bytes + to->count, bytes, count);
  to->count += count;
}
#define PUT(to, ...) put_all(to, (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})

static void set_length(struct descriptors *in, size_t place, size_t from) {
  size_t length = in->count - from;
  in->bytes[place] = (uint8_t)length;
  in->bytes[place + 1] = (uint8_t)(length >> 8);
}

static void put_frames(struct descriptors *to, uint8_t format, uint8_t subtype) {
  for (int i = 0; i < SIZES; i++) {
    if (sizes[i].format != format) continue;
    uint32_t bytes = (uint32_t)sizes[i].width * sizes[i].height * 2;
    PUT(to, 38, 0x24, subtype, sizes[i].index, 0);
    put(to, 2, sizes[i].width);
    put(to, 2, sizes[i].height);
    put(to, 4, bytes * 8 * 5);
    put(to, 4, bytes * 8 * 30);
    put(to, 4, bytes);
    put(to, 4, intervals[0]);
    put(to, 1, 3);
    for (int k = 0; k < 3; k++) put(to, 4, intervals[k]);
  }
  PUT(to, 6, 0x24, 0x0D, 1, 1, 4);  // colour matching: BT.709 primaries and transfer, SMPTE 170M matrix
}

static struct descriptors configuration(void) {
  struct descriptors made = {.count = 0};
  PUT(&made, 9, 2, 0, 0, 2, 1, 0, 0x80, 250);
  PUT(&made, 8, 0x0B, 0, 2, 0x0E, 3, 0, 2);  // both interfaces belong to one function
  PUT(&made, 9, 4, 0, 0, 0, 0x0E, 1, 0, 2);  // video control
  size_t control = made.count;
  PUT(&made, 13, 0x24, 1, 0x10, 0x01, 0, 0);
  put(&made, 4, 48000000);
  PUT(&made, 1, 1);
  PUT(&made, 18, 0x24, 2, 1, 0x01, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0);  // camera terminal
  PUT(&made, 9, 0x24, 3, 2, 0x01, 0x01, 0, 1, 0);                              // output terminal
  set_length(&made, control + 5, control);
  PUT(&made, 9, 4, 1, 0, 1, 0x0E, 2, 0, 0);  // video streaming
  size_t streaming = made.count;
  PUT(&made, 15, 0x24, 1, 2, 0, 0, 0x81, 0, 2, 0, 0, 0, 1, 0, 0);
  PUT(&made, 11, 0x24, 6, MJPEG, MJPEG_SIZES, 0, 1, 0, 0, 0, 0);
  put_frames(&made, MJPEG, 7);
  PUT(&made, 27, 0x24, 4, YUYV, YUYV_SIZES);
  PUT(&made, 'Y', 'U', 'Y', '2', 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71, 16, 1, 0, 0, 0, 0);
  put_frames(&made, YUYV, 5);
  set_length(&made, streaming + 4, streaming);
  PUT(&made, 7, 5, 0x81, 2, 0x00, 0x02, 0);  // bulk endpoint, 512 bytes
  set_length(&made, 2, 0);
  return made;
}

static int descriptor(uint8_t kind, uint8_t index, uint8_t *answer) {
  static const uint8_t device[] = {18, 1, 0, 2, 0xEF, 2, 1, 64, 0x6B, 0x1D, 0x02, 0x01, 0x00, 0x01, 1, 2, 3, 1};
  static const uint8_t languages[] = {4, 3, 0x09, 0x04};
  if (kind == 1) return memcpy(answer, device, sizeof device), (int)sizeof device;
  if (kind == 2) {
    struct descriptors all = configuration();
    memcpy(answer, all.bytes, all.count);
    return (int)all.count;
  }
  if (kind != 3 || index >= sizeof strings / sizeof strings[0]) return -1;
  if (index == 0) return memcpy(answer, languages, sizeof languages), (int)sizeof languages;
  int count = 2;
  for (const char *letter = strings[index]; *letter; letter++) {
    answer[count++] = (uint8_t)*letter;
    answer[count++] = 0;
  }
  answer[0] = (uint8_t)count;
  answer[1] = 3;
  return count;
}

// Agreement on a format: the probe and commit controls, specification 1.1, section 4.3.1.1.

static uint32_t get32(const uint8_t *bytes) {
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void set32(uint8_t *bytes, uint32_t value) {
  for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> 8 * i);
}

static int size_of(const uint8_t *probe) {
  for (int i = 0; i < SIZES; i++)
    if (sizes[i].format == probe[2] && sizes[i].index == probe[3]) return i;
  return -1;
}

/// Turns what the host asks for into what this camera does.
static void settle(uint8_t *probe) {
  int size = size_of(probe);
  if (size < 0) size = 0;
  probe[2] = sizes[size].format;
  probe[3] = sizes[size].index;
  uint32_t interval = get32(probe + 4), nearest = intervals[2];
  for (int k = 2; k >= 0; k--)
    if (interval <= intervals[k]) nearest = intervals[k];
  set32(probe + 4, nearest);
  set32(probe + 18, (uint32_t)sizes[size].width * sizes[size].height * 2);
  set32(probe + 22, UVC_PAYLOAD);
  set32(probe + 26, 48000000);
  probe[30] = 3;  // frames are told apart by the toggle bit, and their ends are marked
  probe[31] = probe[32] = probe[33] = 1;
}

void uvc_start(struct uvc *camera, const struct picture *scene) {
  *camera = (struct uvc){.scene = scene, .revision = 1};
  settle(camera->proposed);
  settle(camera->agreed);
}

static int class_request(struct uvc *camera, const uint8_t setup[8], const uint8_t *sent, uint32_t sent_count, double now,
                         uint8_t *answer) {
  enum { PROBE = 1, COMMIT = 2, GET_LENGTH = 0x85, GET_INFO = 0x86 };
  uint8_t selector = setup[3], interface = setup[4];
  if (interface != 1 || (selector != PROBE && selector != COMMIT) || camera->refusing) return -1;
  if (setup[0] & 0x80) {
    if (setup[1] == GET_INFO) return answer[0] = 3, 1;
    if (setup[1] == GET_LENGTH) return answer[0] = sizeof camera->agreed, answer[1] = 0, 2;
    memcpy(answer, selector == PROBE ? camera->proposed : camera->agreed, sizeof camera->agreed);
    return sizeof camera->agreed;
  }
  if (sent_count > sizeof camera->proposed) sent_count = sizeof camera->proposed;
  memcpy(camera->proposed, sent, sent_count);
  settle(camera->proposed);
  if (selector == COMMIT) {
    memcpy(camera->agreed, camera->proposed, sizeof camera->agreed);
    camera->revision++;
    camera->sending = false;
    camera->due = now;
  }
  return 0;
}

int uvc_control(struct uvc *camera, const uint8_t setup[8], const uint8_t *sent, uint32_t sent_count, double now,
                uint8_t answer[UVC_ANSWER]) {
  enum { GET_DESCRIPTOR = 6, CLEAR_FEATURE = 1 };
  if (setup[0] == 0x80 && setup[1] == GET_DESCRIPTOR) return descriptor(setup[3], setup[2], answer);
  if ((setup[0] & 0x60) == 0x20) return class_request(camera, setup, sent, sent_count, now, answer);
  if (setup[0] & 0x80) return memset(answer, 0, 2), 2;
  // The host halts the endpoint to end a stream.
  if (setup[0] == 0x02 && setup[1] == CLEAR_FEATURE) camera->sending = false;
  return 0;
}

// Frames.

static void begin_frame(struct uvc *camera) {
  if (camera->frame_revision != camera->revision) {
    int size = size_of(camera->agreed);
    int width = camera->sent_width ? camera->sent_width : sizes[size].width;
    int height = camera->sent_height ? camera->sent_height : sizes[size].height;
    struct picture fitted = picture_fitted(camera->scene, width, height);
    free(camera->frame.data);
    camera->frame = sizes[size].format == MJPEG ? picture_jpeg(&fitted, !camera->without_tables) : picture_yuyv(&fitted);
    free(fitted.pixels);
    camera->frame_revision = camera->revision;
  }
  enum uvc_fault fault = camera->faulty > 0 ? camera->fault : UVC_WHOLE;
  if (camera->faulty > 0) camera->faulty--;
  if (fault == UVC_GARBAGE) {
    for (size_t i = 0; i < camera->frame.count; i++) camera->frame.data[i] = (uint8_t)rand();
    camera->frame_revision = 0;
  }
  camera->end = fault == UVC_SHORT ? camera->frame.count / 2 : camera->frame.count;
  camera->erroneous = fault == UVC_ERROR_BIT;
  camera->offset = 0;
  camera->sending = true;
  camera->toggle = !camera->toggle;
}

double uvc_wait(const struct uvc *camera, double now) {
  if (camera->sending) return 0;
  if (camera->stalled) return -1;
  return camera->due > now ? camera->due - now : 0;
}

uint32_t uvc_payload(struct uvc *camera, double now, uint8_t *out, uint32_t limit) {
  enum { HEADER = 2, TOGGLE = 1, END = 2, ERROR = 0x40, ALWAYS = 0x80 };
  if (!camera->sending) {
    begin_frame(camera);
    // A camera that could not send for a while does not make up for it.
    camera->due += get32(camera->agreed + 4) / 1e7;
    if (camera->due < now) camera->due = now;
  }
  if (limit > UVC_PAYLOAD) limit = UVC_PAYLOAD;
  size_t count = camera->end - camera->offset;
  if (count > limit - HEADER) count = limit - HEADER;
  memcpy(out + HEADER, camera->frame.data + camera->offset, count);
  camera->offset += count;
  bool last = camera->offset == camera->end;
  out[0] = HEADER;
  out[1] = (uint8_t)(ALWAYS | camera->toggle | (last ? END : 0) | (camera->erroneous ? ERROR : 0));
  camera->sending = !last;
  return (uint32_t)count + HEADER;
}
