#include "uvc.h"

#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name, *code;
  uint8_t bits;
} formats[UVC_FORMATS] = {{"MJPG", "", 0}, {"YUYV", "YUY2", 16}, {"YU12", "I420", 12}};
static const struct {
  uint16_t width, height;
} sizes[] = {{640, 480}, {320, 240}, {1280, 720}};
enum { SIZES = sizeof sizes / sizeof sizes[0] };
/// Intervals between frames, 100 ns: 30, 15 and 5 a second.
static const uint32_t intervals[] = {333333, 666666, 2000000};
static const char *const strings[] = {"", "Linnet", "Rig Camera", "0001"};

// Descriptors. Names are those of the USB video class specification 1.1, section 3.

struct descriptors {
  uint8_t bytes[UVC_ANSWER];
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

static void put_format(struct descriptors *to, enum uvc_format format, uint8_t index) {
  enum { UNCOMPRESSED = 4, UNCOMPRESSED_FRAME = 5, MJPEG = 6, MJPEG_FRAME = 7 };
  if (format == UVC_MJPG) {
    PUT(to, 11, 0x24, MJPEG, index, SIZES, 0, 1, 0, 0, 0, 0);
  } else {
    PUT(to, 27, 0x24, UNCOMPRESSED, index, SIZES);
    put_all(to, (const uint8_t *)formats[format].code, 4);
    PUT(to, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71, formats[format].bits, 1, 0, 0, 0, 0);
  }
  for (uint8_t i = 0; i < SIZES; i++) {
    uint32_t bytes = (uint32_t)sizes[i].width * sizes[i].height * 2;
    PUT(to, 38, 0x24, format == UVC_MJPG ? MJPEG_FRAME : UNCOMPRESSED_FRAME, (uint8_t)(i + 1), 0);
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

static struct descriptors configuration(const struct uvc *camera) {
  struct descriptors made = {.count = 0};
  PUT(&made, 9, 2, 0, 0, 2, 1, 0, 0x80, 250);
  PUT(&made, 8, 0x0B, 0, 2, 0x0E, 3, 0, 0);  // both interfaces belong to one function
  PUT(&made, 9, 4, 0, 0, 0, 0x0E, 1, 0, 0);  // video control
  size_t control = made.count;
  PUT(&made, 13, 0x24, 1, 0x10, 0x01, 0, 0);
  put(&made, 4, 48000000);
  PUT(&made, 1, 1);
  PUT(&made, 18, 0x24, 2, 1, 0x01, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0);  // camera terminal
  PUT(&made, 9, 0x24, 3, 2, 0x01, 0x01, 0, 1, 0);                              // output terminal
  set_length(&made, control + 5, control);
  PUT(&made, 9, 4, 1, 0, 1, 0x0E, 2, 0, 0);  // video streaming
  size_t streaming = made.count;
  PUT(&made, (uint8_t)(13 + camera->offered_count), 0x24, 1, (uint8_t)camera->offered_count);
  PUT(&made, 0, 0, 0x81, 0, 2, 0, 0, 0, 1);
  for (int i = 0; i < camera->offered_count; i++) put(&made, 1, 0);
  for (int i = 0; i < camera->offered_count; i++) put_format(&made, camera->offered[i], (uint8_t)(i + 1));
  set_length(&made, streaming + 4, streaming);
  PUT(&made, 7, 5, 0x81, 2, 0x00, 0x02, 0);  // bulk endpoint, 512 bytes
  set_length(&made, 2, 0);
  return made;
}

static int descriptor(const struct uvc *camera, uint8_t kind, uint8_t index, uint8_t *answer) {
  static const uint8_t device[] = {18, 1, 0, 2, 0xEF, 2, 1, 64, 0x6B, 0x1D, 0x02, 0x01, 0x00, 0x01, 1, 2, 3, 1};
  static const uint8_t languages[] = {4, 3, 0x09, 0x04};
  if (kind == 1) return memcpy(answer, device, sizeof device), (int)sizeof device;
  if (kind == 2) {
    struct descriptors all = configuration(camera);
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

/// Turns what the host asks for into what this camera does.
static void settle(const struct uvc *camera, uint8_t *probe) {
  if (probe[2] < 1 || probe[2] > camera->offered_count) probe[2] = 1;
  if (probe[3] < 1 || probe[3] > SIZES) probe[3] = 1;
  int size = probe[3] - 1, bits = formats[camera->offered[probe[2] - 1]].bits;
  uint32_t interval = get32(probe + 4), nearest = intervals[2];
  for (int k = 2; k >= 0; k--)
    if (interval <= intervals[k]) nearest = intervals[k];
  set32(probe + 4, nearest);
  set32(probe + 18, (uint32_t)sizes[size].width * sizes[size].height * (bits ? (uint32_t)bits : 16) / 8);
  set32(probe + 22, UVC_PAYLOAD);
  set32(probe + 26, 48000000);
  probe[30] = 3;  // frames are told apart by the toggle bit, and their ends are marked
  probe[31] = probe[32] = probe[33] = 1;
}

bool uvc_start(struct uvc *camera, const char *names, const struct picture *scene) {
  *camera = (struct uvc){.scene = scene, .revision = 1};
  for (const char *name = names; camera->offered_count < UVC_FORMATS; name += 5) {
    int format = 0;
    while (format < UVC_FORMATS && strncmp(name, formats[format].name, 4) != 0) format++;
    if (format == UVC_FORMATS) return false;
    camera->offered[camera->offered_count++] = (enum uvc_format)format;
    if (name[4] != ',') break;
  }
  settle(camera, camera->proposed);
  settle(camera, camera->agreed);
  return true;
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
  settle(camera, camera->proposed);
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
  if (setup[0] == 0x80 && setup[1] == GET_DESCRIPTOR) return descriptor(camera, setup[3], setup[2], answer);
  if ((setup[0] & 0x60) == 0x20) return class_request(camera, setup, sent, sent_count, now, answer);
  if (setup[0] & 0x80) return memset(answer, 0, 2), 2;
  // The host halts the endpoint to end a stream.
  if (setup[0] == 0x02 && setup[1] == CLEAR_FEATURE) camera->sending = false;
  return 0;
}

// Frames.

static struct bytes encoded(const struct uvc *camera, const struct picture *picture) {
  switch (camera->offered[camera->agreed[2] - 1]) {
    case UVC_YUYV: return picture_yuyv(picture);
    case UVC_YU12: return picture_yu12(picture);
    default: return picture_jpeg(picture, !camera->without_tables);
  }
}

static void begin_frame(struct uvc *camera) {
  if (camera->frame_revision != camera->revision) {
    int size = camera->agreed[3] - 1;
    int width = camera->sent_width ? camera->sent_width : sizes[size].width;
    int height = camera->sent_height ? camera->sent_height : sizes[size].height;
    struct picture fitted = picture_fitted(camera->scene, width, height);
    free(camera->frame.data);
    camera->frame = encoded(camera, &fitted);
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
