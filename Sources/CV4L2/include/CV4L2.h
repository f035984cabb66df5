/// The Linux video API and libv4lconvert as far as Swift needs them: request numbers, unions, fixed arrays and the
/// two ways to describe a picture in memory (one plane or several) do not cross the border.
///
/// Every call that can fail returns 0 or the error number; a call that a signal interrupted is made again.
#ifndef LINNET_CV4L2_H
#define LINNET_CV4L2_H

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1
#endif

#include <linux/videodev2.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>

/// What VIDIOC_QUERYCAP says.
struct linnet_capability {
  char driver[16];
  char card[32];
  char bus[32];
  /// Of this node (`device_caps`), where the driver tells them from those of the whole device.
  uint32_t capabilities;
};

/// A picture format, of one plane of memory.
struct linnet_format {
  uint32_t code;
  uint32_t width;
  uint32_t height;
  /// `enum v4l2_field`.
  uint32_t field;
  uint32_t bytes_per_row;
  uint32_t byte_count;
  /// ITU-R BT.709 rather than BT.601 in Y′CbCr; the driver's defaults resolved.
  bool is_709;
  /// All 256 codes rather than 16…235.
  bool is_full_range;
};

/// A buffer of a stream.
struct linnet_buffer {
  uint32_t index;
  /// `V4L2_BUF_FLAG_…`.
  uint32_t flags;
  uint32_t sequence;
  /// Where the picture starts in the buffer, and how many bytes of it the driver filled.
  uint32_t data_offset, bytes_used;
  /// Bytes of the whole buffer, and where to map it.
  uint32_t length;
  uint32_t map_offset;
  /// When the picture was taken; of CLOCK_MONOTONIC if the flags say so.
  uint64_t nanoseconds;
};

/// A frame size that a format can have; ranges where the steps are not 0.
struct linnet_frame_size {
  uint32_t min_width, max_width, step_width;
  uint32_t min_height, max_height, step_height;
};

/// Seconds between frames: `numerator / denominator`. The shortest and the longest; the same where they are discrete.
struct linnet_frame_interval {
  struct v4l2_fract shortest, longest;
};

/// A control that a camera has.
struct linnet_control {
  uint32_t id;
  /// `enum v4l2_ctrl_type`, `V4L2_CTRL_FLAG_…`.
  uint32_t type;
  uint32_t flags;
  char name[32];
  int64_t minimum, maximum, step, default_value;
  int64_t value;
  bool has_value;
};

int linnet_video_capability(int device, struct linnet_capability *capability);

/// Formats number 0, 1, …: EINVAL after the last. `description` has room for 32 bytes.
int linnet_video_enumerate_format(int device, bool planes, uint32_t index, uint32_t *code, uint32_t *flags,
                                  char *description);
int linnet_video_enumerate_size(int device, uint32_t code, uint32_t index, struct linnet_frame_size *size);
int linnet_video_enumerate_interval(int device, uint32_t code, uint32_t width, uint32_t height, uint32_t index,
                                    struct linnet_frame_interval *interval);

/// The control after `control->id` (0: the first) that is no heading and not disabled; EINVAL after the last.
int linnet_video_next_control(int device, struct linnet_control *control);
/// The name of entry `index` of a menu; `name` has room for 32 bytes. EINVAL where there is no such entry.
int linnet_video_menu_entry(int device, const struct linnet_control *control, uint32_t index, char *name);

/// `planes`: the node describes pictures by planes (V4L2_CAP_VIDEO_CAPTURE_MPLANE) and not as a whole. A format of
/// several planes of memory is refused with EDOM.
int linnet_video_get_format(int device, bool planes, struct linnet_format *format);
/// What `linnet_video_set_format` would answer; nothing changes.
int linnet_video_try_format(int device, bool planes, struct linnet_format *format);
/// Asks for code, width and height; what the driver chose stands in `format` after.
int linnet_video_set_format(int device, bool planes, struct linnet_format *format);

/// ENOTTY where the driver knows no intervals.
int linnet_video_get_interval(int device, bool planes, struct v4l2_fract *interval);
int linnet_video_set_interval(int device, bool planes, struct v4l2_fract *interval);

/// Takes the timings that an input of digital video sees now; ENOTTY, ENODATA … where there are none to take.
int linnet_video_take_timings(int device);

/// Asks for `*count` buffers to map; how many there are stands in it after.
int linnet_video_request_buffers(int device, bool planes, uint32_t *count);
int linnet_video_query_buffer(int device, bool planes, uint32_t index, struct linnet_buffer *buffer);
int linnet_video_queue(int device, bool planes, uint32_t index);
/// EAGAIN when none is filled.
int linnet_video_dequeue(int device, bool planes, struct linnet_buffer *buffer);
int linnet_video_start(int device, bool planes);
int linnet_video_stop(int device, bool planes);

/// Has changes of the source (size, timings) reported as events (POLLPRI); ENOTTY where the driver has none.
int linnet_video_subscribe_source_change(int device);
/// Takes the next event; `*is_source_change` says which. ENOENT when there is none.
int linnet_video_take_event(int device, bool *is_source_change);

struct v4lconvert_data;

/// A converter of pictures, of no device and so without what the library does for some (turning, brightening); NULL
/// without memory.
struct v4lconvert_data *linnet_converter_make(void);
void linnet_converter_free(struct v4lconvert_data *converter);
/// Converts a frame of `format` into `code` (RGB3 or YU12) with rows that follow each other without a gap. Returns
/// the bytes written, or minus the error number: EINVAL for a format that it does not know, others for a bad frame.
///
/// `source` is written to by some formats' conversions.
int linnet_converter_convert(struct v4lconvert_data *converter, const struct linnet_format *format, uint32_t code,
                             uint8_t *source, uint32_t source_bytes, uint8_t *target, uint32_t target_bytes);

#endif
