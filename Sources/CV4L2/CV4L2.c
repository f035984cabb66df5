#include "CV4L2.h"

#include <errno.h>
#include <libv4l-plugin.h>
#include <libv4lconvert.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

/// `ioctl`, made again when a signal interrupted it; 0 or the error number.
static int request(int device, unsigned long number, void *argument) {
  int result;
  do result = ioctl(device, number, argument);
  while (result == -1 && errno == EINTR);
  return result == -1 ? errno : 0;
}

static uint32_t type_of(bool planes) {
  return planes ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
}

/// Copies a text of a fixed array, which the driver may have filled to its end; `to` is as long.
static void copy_text(char *to, const void *from, size_t capacity) {
  memcpy(to, from, capacity);
  to[capacity - 1] = 0;
}

int linnet_video_capability(int device, struct linnet_capability *capability) {
  struct v4l2_capability raw = {0};
  const int error = request(device, VIDIOC_QUERYCAP, &raw);
  if (error) return error;
  copy_text(capability->driver, raw.driver, sizeof capability->driver);
  copy_text(capability->card, raw.card, sizeof capability->card);
  copy_text(capability->bus, raw.bus_info, sizeof capability->bus);
  capability->capabilities = raw.capabilities & V4L2_CAP_DEVICE_CAPS ? raw.device_caps : raw.capabilities;
  return 0;
}

int linnet_video_enumerate_format(int device, bool planes, uint32_t index, uint32_t *code, uint32_t *flags,
                                  char *description) {
  struct v4l2_fmtdesc raw = {.index = index, .type = type_of(planes)};
  const int error = request(device, VIDIOC_ENUM_FMT, &raw);
  if (error) return error;
  *code = raw.pixelformat;
  *flags = raw.flags;
  copy_text(description, raw.description, sizeof raw.description);
  return 0;
}

int linnet_video_enumerate_size(int device, uint32_t code, uint32_t index, struct linnet_frame_size *size) {
  struct v4l2_frmsizeenum raw = {.index = index, .pixel_format = code};
  const int error = request(device, VIDIOC_ENUM_FRAMESIZES, &raw);
  if (error) return error;
  if (raw.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
    *size = (struct linnet_frame_size){
        .min_width = raw.discrete.width, .max_width = raw.discrete.width,
        .min_height = raw.discrete.height, .max_height = raw.discrete.height};
    return 0;
  }
  // A range is the whole answer: drivers repeat it for every index.
  if (index > 0) return EINVAL;
  *size = (struct linnet_frame_size){
      .min_width = raw.stepwise.min_width, .max_width = raw.stepwise.max_width,
      .step_width = raw.stepwise.step_width, .min_height = raw.stepwise.min_height,
      .max_height = raw.stepwise.max_height, .step_height = raw.stepwise.step_height};
  return 0;
}

int linnet_video_enumerate_interval(int device, uint32_t code, uint32_t width, uint32_t height, uint32_t index,
                                    struct linnet_frame_interval *interval) {
  struct v4l2_frmivalenum raw = {.index = index, .pixel_format = code, .width = width, .height = height};
  const int error = request(device, VIDIOC_ENUM_FRAMEINTERVALS, &raw);
  if (error) return error;
  if (raw.type == V4L2_FRMIVAL_TYPE_DISCRETE) {
    *interval = (struct linnet_frame_interval){.shortest = raw.discrete, .longest = raw.discrete};
    return 0;
  }
  if (index > 0) return EINVAL;
  *interval = (struct linnet_frame_interval){.shortest = raw.stepwise.min, .longest = raw.stepwise.max};
  return 0;
}

int linnet_video_next_control(int device, struct linnet_control *control) {
  struct v4l2_query_ext_ctrl raw = {.id = control->id};
  do {
    raw.id |= V4L2_CTRL_FLAG_NEXT_CTRL;
    const int error = request(device, VIDIOC_QUERY_EXT_CTRL, &raw);
    if (error) return error;
  } while (raw.type == V4L2_CTRL_TYPE_CTRL_CLASS || raw.flags & V4L2_CTRL_FLAG_DISABLED);
  *control = (struct linnet_control){
      .id = raw.id, .type = raw.type, .flags = raw.flags, .minimum = raw.minimum, .maximum = raw.maximum,
      .step = (int64_t)raw.step, .default_value = raw.default_value};
  copy_text(control->name, raw.name, sizeof control->name);
  const bool is_number = raw.type == V4L2_CTRL_TYPE_INTEGER || raw.type == V4L2_CTRL_TYPE_BOOLEAN ||
                         raw.type == V4L2_CTRL_TYPE_MENU || raw.type == V4L2_CTRL_TYPE_INTEGER_MENU ||
                         raw.type == V4L2_CTRL_TYPE_BITMASK;
  if (!is_number || raw.flags & (V4L2_CTRL_FLAG_WRITE_ONLY | V4L2_CTRL_FLAG_HAS_PAYLOAD)) return 0;
  struct v4l2_control value = {.id = raw.id};
  control->has_value = request(device, VIDIOC_G_CTRL, &value) == 0;
  control->value = value.value;
  return 0;
}

int linnet_video_menu_entry(int device, const struct linnet_control *control, uint32_t index, char *name) {
  struct v4l2_querymenu raw = {.id = control->id, .index = index};
  const int error = request(device, VIDIOC_QUERYMENU, &raw);
  if (error) return error;
  if (control->type == V4L2_CTRL_TYPE_INTEGER_MENU)
    snprintf(name, sizeof raw.name, "%lld", (long long)raw.value);
  else
    copy_text(name, raw.name, sizeof raw.name);
  return 0;
}

/// Whether codes of format `code` fill their range where the driver does not say: red, green and blue, hue and
/// saturation, and luma alone.
static bool fills_range(uint32_t code) {
  switch (code) {
    case V4L2_PIX_FMT_GREY:
    case V4L2_PIX_FMT_Y10:
    case V4L2_PIX_FMT_Y12:
    case V4L2_PIX_FMT_Y16:
    case V4L2_PIX_FMT_RGB24:
    case V4L2_PIX_FMT_BGR24:
    case V4L2_PIX_FMT_RGB565:
    case V4L2_PIX_FMT_RGB32:
    case V4L2_PIX_FMT_XRGB32:
    case V4L2_PIX_FMT_ARGB32:
    case V4L2_PIX_FMT_BGR32:
    case V4L2_PIX_FMT_XBGR32:
    case V4L2_PIX_FMT_ABGR32:
    case V4L2_PIX_FMT_HSV24:
    case V4L2_PIX_FMT_HSV32: return true;
    default: return false;
  }
}

/// Resolves the driver's “default” of encoding and range as linux/videodev2.h does.
static void set_colour(struct linnet_format *format, uint32_t colorspace, uint32_t encoding, uint32_t range) {
  if (encoding == V4L2_YCBCR_ENC_DEFAULT) encoding = V4L2_MAP_YCBCR_ENC_DEFAULT(colorspace);
  if (range == V4L2_QUANTIZATION_DEFAULT)
    range = V4L2_MAP_QUANTIZATION_DEFAULT(fills_range(format->code), colorspace, encoding);
  // BT.2020 and SMPTE 240M have weights close to those of BT.709.
  format->is_709 = encoding == V4L2_YCBCR_ENC_709 || encoding == V4L2_YCBCR_ENC_XV709 ||
                   encoding == V4L2_YCBCR_ENC_BT2020 || encoding == V4L2_YCBCR_ENC_BT2020_CONST_LUM ||
                   encoding == V4L2_YCBCR_ENC_SMPTE240M;
  format->is_full_range = range == V4L2_QUANTIZATION_FULL_RANGE;
}

/// What the driver answered, one plane or several.
static int take_format(const struct v4l2_format *raw, bool planes, struct linnet_format *format) {
  if (planes) {
    const struct v4l2_pix_format_mplane *pixels = &raw->fmt.pix_mp;
    if (pixels->num_planes != 1) return EDOM;
    *format = (struct linnet_format){
        .code = pixels->pixelformat, .width = pixels->width, .height = pixels->height, .field = pixels->field,
        .bytes_per_row = pixels->plane_fmt[0].bytesperline, .byte_count = pixels->plane_fmt[0].sizeimage};
    set_colour(format, pixels->colorspace, pixels->ycbcr_enc, pixels->quantization);
  } else {
    const struct v4l2_pix_format *pixels = &raw->fmt.pix;
    *format = (struct linnet_format){
        .code = pixels->pixelformat, .width = pixels->width, .height = pixels->height, .field = pixels->field,
        .bytes_per_row = pixels->bytesperline, .byte_count = pixels->sizeimage};
    // Encoding and range are only there where the driver left the magic number in.
    const bool is_extended = pixels->priv == V4L2_PIX_FMT_PRIV_MAGIC;
    set_colour(format, pixels->colorspace, is_extended ? pixels->ycbcr_enc : V4L2_YCBCR_ENC_DEFAULT,
               is_extended ? pixels->quantization : V4L2_QUANTIZATION_DEFAULT);
  }
  return 0;
}

/// The request for `format`'s code and size.
static struct v4l2_format ask_format(bool planes, const struct linnet_format *format) {
  struct v4l2_format raw = {.type = type_of(planes)};
  if (planes) {
    raw.fmt.pix_mp.pixelformat = format->code;
    raw.fmt.pix_mp.width = format->width;
    raw.fmt.pix_mp.height = format->height;
    raw.fmt.pix_mp.field = V4L2_FIELD_NONE;
  } else {
    raw.fmt.pix.pixelformat = format->code;
    raw.fmt.pix.width = format->width;
    raw.fmt.pix.height = format->height;
    raw.fmt.pix.field = V4L2_FIELD_NONE;
    raw.fmt.pix.priv = V4L2_PIX_FMT_PRIV_MAGIC;
  }
  return raw;
}

int linnet_video_get_format(int device, bool planes, struct linnet_format *format) {
  struct v4l2_format raw = {.type = type_of(planes)};
  if (!planes) raw.fmt.pix.priv = V4L2_PIX_FMT_PRIV_MAGIC;
  const int error = request(device, VIDIOC_G_FMT, &raw);
  return error ? error : take_format(&raw, planes, format);
}

int linnet_video_try_format(int device, bool planes, struct linnet_format *format) {
  struct v4l2_format raw = ask_format(planes, format);
  const int error = request(device, VIDIOC_TRY_FMT, &raw);
  return error ? error : take_format(&raw, planes, format);
}

int linnet_video_set_format(int device, bool planes, struct linnet_format *format) {
  struct v4l2_format raw = ask_format(planes, format);
  const int error = request(device, VIDIOC_S_FMT, &raw);
  return error ? error : take_format(&raw, planes, format);
}

int linnet_video_get_interval(int device, bool planes, struct v4l2_fract *interval) {
  struct v4l2_streamparm raw = {.type = type_of(planes)};
  const int error = request(device, VIDIOC_G_PARM, &raw);
  if (error) return error;
  if (!(raw.parm.capture.capability & V4L2_CAP_TIMEPERFRAME)) return ENOTTY;
  *interval = raw.parm.capture.timeperframe;
  return 0;
}

int linnet_video_set_interval(int device, bool planes, struct v4l2_fract *interval) {
  struct v4l2_streamparm raw = {.type = type_of(planes)};
  raw.parm.capture.timeperframe = *interval;
  const int error = request(device, VIDIOC_S_PARM, &raw);
  if (!error) *interval = raw.parm.capture.timeperframe;
  return error;
}

int linnet_video_take_timings(int device) {
  struct v4l2_dv_timings timings = {0};
  const int error = request(device, VIDIOC_QUERY_DV_TIMINGS, &timings);
  return error ? error : request(device, VIDIOC_S_DV_TIMINGS, &timings);
}

int linnet_video_request_buffers(int device, bool planes, uint32_t *count) {
  struct v4l2_requestbuffers raw = {.count = *count, .type = type_of(planes), .memory = V4L2_MEMORY_MMAP};
  const int error = request(device, VIDIOC_REQBUFS, &raw);
  if (!error) *count = raw.count;
  return error;
}

/// A buffer as the requests want it: `plane` is where they put what is said of the one plane.
static struct v4l2_buffer ask_buffer(bool planes, uint32_t index, struct v4l2_plane *plane) {
  struct v4l2_buffer raw = {.index = index, .type = type_of(planes), .memory = V4L2_MEMORY_MMAP};
  if (planes) {
    raw.m.planes = plane;
    raw.length = 1;
  }
  return raw;
}

static void take_buffer(const struct v4l2_buffer *raw, bool planes, const struct v4l2_plane *plane,
                        struct linnet_buffer *buffer) {
  const uint32_t before = planes ? plane->data_offset : 0, used = planes ? plane->bytesused : raw->bytesused;
  *buffer = (struct linnet_buffer){
      .index = raw->index, .flags = raw->flags, .sequence = raw->sequence,
      .data_offset = before, .bytes_used = used > before ? used - before : 0,
      .length = planes ? plane->length : raw->length,
      .map_offset = planes ? plane->m.mem_offset : raw->m.offset,
      .nanoseconds = (uint64_t)raw->timestamp.tv_sec * 1000000000u + (uint64_t)raw->timestamp.tv_usec * 1000u};
}

int linnet_video_query_buffer(int device, bool planes, uint32_t index, struct linnet_buffer *buffer) {
  struct v4l2_plane plane = {0};
  struct v4l2_buffer raw = ask_buffer(planes, index, &plane);
  const int error = request(device, VIDIOC_QUERYBUF, &raw);
  if (!error) take_buffer(&raw, planes, &plane, buffer);
  return error;
}

int linnet_video_queue(int device, bool planes, uint32_t index) {
  struct v4l2_plane plane = {0};
  struct v4l2_buffer raw = ask_buffer(planes, index, &plane);
  return request(device, VIDIOC_QBUF, &raw);
}

int linnet_video_dequeue(int device, bool planes, struct linnet_buffer *buffer) {
  struct v4l2_plane plane = {0};
  struct v4l2_buffer raw = ask_buffer(planes, 0, &plane);
  const int error = request(device, VIDIOC_DQBUF, &raw);
  if (!error) take_buffer(&raw, planes, &plane, buffer);
  return error;
}

int linnet_video_start(int device, bool planes) {
  int type = (int)type_of(planes);
  return request(device, VIDIOC_STREAMON, &type);
}

int linnet_video_stop(int device, bool planes) {
  int type = (int)type_of(planes);
  return request(device, VIDIOC_STREAMOFF, &type);
}

int linnet_video_subscribe_source_change(int device) {
  struct v4l2_event_subscription raw = {.type = V4L2_EVENT_SOURCE_CHANGE};
  return request(device, VIDIOC_SUBSCRIBE_EVENT, &raw);
}

int linnet_video_take_event(int device, bool *is_source_change) {
  struct v4l2_event raw = {0};
  const int error = request(device, VIDIOC_DQEVENT, &raw);
  if (!error) *is_source_change = raw.type == V4L2_EVENT_SOURCE_CHANGE;
  return error;
}

/// A device that knows no request but QUERYCAP. It says there that it can do more than take pictures, or the library
/// would offer controls of its own for it, in shared memory.
static int answer_nothing(void *device, int descriptor, unsigned long number, void *argument) {
  (void)device, (void)descriptor;
  if (number == VIDIOC_QUERYCAP) {
    *(struct v4l2_capability *)argument = (struct v4l2_capability){.capabilities = V4L2_CAP_VIDEO_OUTPUT};
    return 0;
  }
  errno = ENOTTY;
  return -1;
}

struct v4lconvert_data *linnet_converter_make(void) {
  static const struct libv4l_dev_ops no_device = {.ioctl = answer_nothing};
  return v4lconvert_create_with_dev_ops(-1, NULL, &no_device);
}

void linnet_converter_free(struct v4lconvert_data *converter) { v4lconvert_destroy(converter); }

int linnet_converter_convert(struct v4lconvert_data *converter, const struct linnet_format *format, uint32_t code,
                             uint8_t *source, uint32_t source_bytes, uint8_t *target, uint32_t target_bytes) {
  struct v4l2_format from = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
  from.fmt.pix.pixelformat = format->code;
  from.fmt.pix.width = format->width;
  from.fmt.pix.height = format->height;
  from.fmt.pix.field = V4L2_FIELD_NONE;
  from.fmt.pix.bytesperline = format->bytes_per_row;
  from.fmt.pix.sizeimage = format->byte_count;
  struct v4l2_format to = from;
  to.fmt.pix.pixelformat = code;
  v4lconvert_fixup_fmt(&to);
  errno = 0;
  const int written = v4lconvert_convert(converter, &from, &to, source, (int)source_bytes, target, (int)target_bytes);
  return written >= 0 ? written : -(errno ? errno : EIO);
}
