#include <string.h>

#include "requantise.h"

size_t linnet_window_row_bytes(const linnet_window *window) {
  return window->kernel_height * ((window->kernel_width * window->channels + 3) / 4 * 4);
}

/// Copies in steps of 16 bytes: reads and writes up to 15 bytes too many.
static inline void copy_by_16(int8_t *to, const int8_t *from, size_t count) {
  for (size_t i = 0; i < count; i += 16) memcpy(to + i, from + i, 16);
}

/// One run of a window: columns `left` … of picture row `row`, `first_channel` … of each.
static void copy_run(const linnet_window *window, const int8_t *row, size_t in_channels, size_t first_channel,
                     size_t left, int8_t zero_point, int8_t *to) {
  for (size_t kx = 0; kx < window->kernel_width; kx++, to += window->channels) {
    // Unsigned wrap-around makes positions left of the picture compare as outside.
    const size_t ix = left + kx;
    if (ix < window->in_width) {
      memcpy(to, row + ix * in_channels + first_channel, window->channels);
    } else {
      memset(to, zero_point, window->channels);
    }
  }
}

/// Up to this many runs of at most 16 bytes are copied by one pass over the pixels of a row.
enum { SHORT_RUNS = 16 };

/// The windows of `count` neighbouring pixels of one output row, all inside the picture from left to right, each of
/// at most SHORT_RUNS runs of at most 16 bytes. `top`: the first picture row, wrapped below zero; `left`: the
/// first column.
static void gather_short_runs(const linnet_window *window, const int8_t *x, size_t top, size_t left, size_t count,
                              int8_t zero_point, int8_t *rows, size_t row_bytes) {
  const size_t run_bytes = (window->kernel_width * window->channels + 3) / 4 * 4;
  const size_t in_row = window->in_width * window->channels;
  const size_t step = window->stride_width * window->channels;
  int8_t zero_points[16];
  memset(zero_points, zero_point, sizeof zero_points);
  const int8_t *from[SHORT_RUNS];
  size_t steps[SHORT_RUNS];
  for (size_t ky = 0; ky < window->kernel_height; ky++) {
    const int is_inside = top + ky < window->in_height;
    from[ky] = is_inside ? x + (top + ky) * in_row + left * window->channels : zero_points;
    steps[ky] = is_inside ? step : 0;
  }
  for (size_t pixel = 0; pixel < count; pixel++, rows += row_bytes) {
    for (size_t ky = 0; ky < window->kernel_height; ky++) {
      memcpy(rows + ky * run_bytes, from[ky] + pixel * steps[ky], 16);
    }
  }
}

void linnet_s8_gather_windows(const linnet_window *window, const int8_t *x, size_t in_channels, size_t first_channel,
                              int8_t zero_point, size_t first, size_t end, int8_t *rows, size_t row_bytes) {
  const size_t run = window->kernel_width * window->channels;
  const size_t run_bytes = (run + 3) / 4 * 4;
  const size_t in_row = window->in_width * in_channels;
  const int is_whole_pixel = window->channels == in_channels;
  const int is_short = is_whole_pixel && run <= 16 && window->kernel_height <= SHORT_RUNS;
  size_t oy = first / window->out_width, ox = first % window->out_width;
  for (size_t pixel = first; pixel < end;) {
    // Unsigned wrap-around makes positions above or left of the picture compare as outside.
    const size_t top = oy * window->stride_height - window->pad_top;
    const size_t left = ox * window->stride_width - window->pad_left;
    const int is_inside = left < window->in_width && left + window->kernel_width <= window->in_width;
    size_t done = 1;
    if (is_short && is_inside) {
      const size_t inside = (window->in_width - window->kernel_width - left) / window->stride_width + 1;
      const size_t row_end = window->out_width - ox;
      done = inside < row_end ? inside : row_end;
      done = done < end - pixel ? done : end - pixel;
      gather_short_runs(window, x, top, left, done, zero_point, rows, row_bytes);
    } else {
      int8_t *to = rows;
      for (size_t ky = 0; ky < window->kernel_height; ky++, to += run_bytes) {
        const size_t iy = top + ky;
        if (iy >= window->in_height) {
          memset(to, zero_point, run);
        } else if (is_inside && is_whole_pixel) {
          copy_by_16(to, x + iy * in_row + left * in_channels, run);
        } else {
          copy_run(window, x + iy * in_row, in_channels, first_channel, left, zero_point, to);
        }
      }
    }
    pixel += done;
    rows += done * row_bytes;
    ox += done;
    if (ox == window->out_width) {
      ox = 0;
      oy++;
    }
  }
}

/// The taps of output position `out` along one axis that lie inside the picture: [*begin, *end).
static inline void clip(size_t out, size_t stride, size_t pad, size_t kernel, size_t extent, size_t *begin,
                        size_t *end) {
  const size_t start = out * stride;
  *begin = start < pad ? 0 : start - pad;
  *end = start + kernel < pad ? 0 : start + kernel - pad;
  if (*end > extent) *end = extent;
}

/// Σ / n, half away from zero.
static inline int32_t rounded_quotient(int32_t sum, int32_t n) {
  return sum < 0 ? -((n / 2 - sum) / n) : (sum + n / 2) / n;
}

/// sums[c] = Σ of the taps of one window, `count` channels from x on.
static inline void sum_taps(const linnet_window *window, const int8_t *x, size_t top, size_t bottom, size_t left,
                            size_t right, size_t count, int32_t *sums) {
  for (size_t c = 0; c < count; c++) sums[c] = 0;
  for (size_t iy = top; iy < bottom; iy++) {
    for (size_t ix = left; ix < right; ix++) {
      const int8_t *tap = x + (iy * window->in_width + ix) * window->channels;
      for (size_t c = 0; c < count; c++) sums[c] += tap[c];
    }
  }
}

/// Channels that are summed at once, in registers where they are so many.
enum { CHANNELS_OF_A_POOL = 32 };

void linnet_s8_average_pool(const linnet_window *window, const int8_t *x, int8_t *y, int32_t zero_x, float scale_x,
                            int32_t zero_y, float scale_y, int32_t least, int32_t greatest) {
  const size_t channels = window->channels;
  const int is_same = zero_x == zero_y && scale_x == scale_y;
  for (size_t oy = 0; oy < window->out_height; oy++) {
    size_t top, bottom;
    clip(oy, window->stride_height, window->pad_top, window->kernel_height, window->in_height, &top, &bottom);
    for (size_t ox = 0; ox < window->out_width; ox++, y += channels) {
      size_t left, right;
      clip(ox, window->stride_width, window->pad_left, window->kernel_width, window->in_width, &left, &right);
      const int32_t taps = (int32_t)((bottom - top) * (right - left));
      const float divisor = scale_y * (float)taps;
      const float factor = scale_x / divisor;
      for (size_t first = 0; first < channels; first += CHANNELS_OF_A_POOL) {
        int32_t sums[CHANNELS_OF_A_POOL];
        const size_t left_over = channels - first;
        if (left_over >= CHANNELS_OF_A_POOL) {
          sum_taps(window, x + first, top, bottom, left, right, CHANNELS_OF_A_POOL, sums);
        } else {
          sum_taps(window, x + first, top, bottom, left, right, left_over, sums);
        }
        for (size_t c = 0; c < CHANNELS_OF_A_POOL && c < left_over; c++) {
          y[first + c] = is_same ? (int8_t)linnet_clamp(rounded_quotient(sums[c], taps), least, greatest)
                                 : linnet_scale_to_code(sums[c] - taps * zero_x, factor, zero_y, least, greatest);
        }
      }
    }
  }
}

void linnet_s8_maximum_pool(const linnet_window *window, const int8_t *x, int8_t *y, int32_t least, int32_t greatest) {
  const size_t channels = window->channels;
  for (size_t oy = 0; oy < window->out_height; oy++) {
    size_t top, bottom;
    clip(oy, window->stride_height, window->pad_top, window->kernel_height, window->in_height, &top, &bottom);
    for (size_t ox = 0; ox < window->out_width; ox++, y += channels) {
      size_t left, right;
      clip(ox, window->stride_width, window->pad_left, window->kernel_width, window->in_width, &left, &right);
      memset(y, -128, channels);
      for (size_t iy = top; iy < bottom; iy++) {
        for (size_t ix = left; ix < right; ix++) {
          const int8_t *tap = x + (iy * window->in_width + ix) * channels;
          for (size_t c = 0; c < channels; c++) y[c] = tap[c] > y[c] ? tap[c] : y[c];
        }
      }
      for (size_t c = 0; c < channels; c++) y[c] = (int8_t)linnet_clamp(y[c], least, greatest);
    }
  }
}
