/// A camera of the USB video class 1.1 with bulk transfers: its descriptors, what it agrees to, and the frames it sends.
#ifndef UVC_H
#define UVC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "picture.h"

enum { UVC_PAYLOAD = 16384, UVC_ANSWER = 1024 };

/// What is wrong with a frame.
enum uvc_fault { UVC_WHOLE, UVC_ERROR_BIT, UVC_SHORT, UVC_GARBAGE };

/// How pixels are sent; the names are those of the Linux video API.
enum uvc_format { UVC_MJPG, UVC_YUYV, UVC_YU12, UVC_FORMATS };

struct uvc {
  /// What is offered, best first.
  enum uvc_format offered[UVC_FORMATS];
  int offered_count;
  /// What is filmed; `revision` grows with every change of it.
  const struct picture *scene;
  unsigned revision;
  bool without_tables, stalled, refusing;
  /// The next frames that have a fault.
  enum uvc_fault fault;
  int faulty;
  /// Another size than was agreed on, or 0.
  int sent_width, sent_height;

  /// What was agreed on: the 34 bytes of the probe and commit controls.
  uint8_t agreed[34], proposed[34];

  /// The frame that is being sent.
  struct bytes frame;
  unsigned frame_revision;
  size_t offset, end;
  bool sending, toggle, erroneous;
  double due;
};

/// `formats` are names with a comma between them; false where one is not known.
bool uvc_start(struct uvc *camera, const char *formats, const struct picture *scene);

/// A control transfer. The bytes of the answer, or −1: the request is refused.
int uvc_control(struct uvc *camera, const uint8_t setup[8], const uint8_t *sent, uint32_t sent_count, double now,
                uint8_t answer[UVC_ANSWER]);

/// Seconds until there is a payload to send; negative for never.
double uvc_wait(const struct uvc *camera, double now);

/// Writes the next payload, of at most `limit` bytes, and gives its length.
uint32_t uvc_payload(struct uvc *camera, double now, uint8_t *out, uint32_t limit);

#endif
