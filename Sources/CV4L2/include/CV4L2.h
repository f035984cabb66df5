/// The Linux video API as far as Swift cannot import it itself: request numbers, unions and fixed arrays.
#ifndef LINNET_CV4L2_H
#define LINNET_CV4L2_H

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1
#endif

#include <linux/videodev2.h>
#include <sys/time.h>
#include <time.h>

#endif
