#include "../portable/requantise.h"

void linnet_s8_depthwise_1c1__reference(const linnet_s8_depthwise *d, size_t first_row, size_t end_row,
                                 size_t first_channel, size_t end_channel, void *scratch) {
  (void)scratch;
  const size_t out_channels = d->channels * d->channel_multiplier;
  const size_t height_groups = (d->kernel_height + 3) / 4;
  const linnet_requantisation *q = &d->requantisation;
  for (size_t oy = first_row; oy < end_row; oy++) {
    for (size_t ox = 0; ox < d->out_width; ox++) {
      for (size_t oc = first_channel; oc < end_channel; oc++) {
        int32_t sum = q->bias[oc];
        for (size_t ky = 0; ky < d->kernel_height; ky++) {
          for (size_t kx = 0; kx < d->kernel_width; kx++) {
            // Unsigned wrap-around makes positions above or left of the picture compare as outside.
            const size_t iy = oy * d->stride_height + ky - d->pad_top;
            const size_t ix = ox * d->stride_width + kx - d->pad_left;
            const int32_t tap = iy < d->in_height && ix < d->in_width
                                    ? d->x[(iy % d->in_ring * d->in_width + ix) * d->channels + oc / d->channel_multiplier]
                                    : d->zero_point;
            const size_t group = ((oc / 16) * d->kernel_width + kx) * height_groups + ky / 4;
            sum += tap * (int32_t)d->w[group * 64 + (oc % 16) * 4 + ky % 4];
          }
        }
        d->y[(oy % d->out_ring * d->out_width + ox) * out_channels + oc] =
            linnet_scale_to_code(sum, q->multiplier[oc], q->zero_point, q->least, q->greatest);
      }
    }
  }
}

size_t linnet_s8_depthwise_scratch_bytes(size_t columns, size_t kernel_height, size_t kernel_width) {
  const size_t groups = (kernel_height + 3) / 4;
  // Weights for every row that output can begin at within its groups of four, of one block of channels or of as many
  // as 4 KiB hold; and the columns, or those of four outputs apart.
  const size_t weights = groups * kernel_width * (4 * groups - kernel_height + 1) * 4 * 64;
  return (weights > 4096 ? weights : 4096) + groups * (columns + 4 * kernel_width) * 4 * 64;
}
