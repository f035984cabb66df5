#include "linnet_kernels.h"
