/// How an error of libjpeg-turbo gets back to the function that called it.
#ifndef LINNET_JPEG_ERRORS_H
#define LINNET_JPEG_ERRORS_H

#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

typedef struct linnet_jpeg_errors {
  /// First, so that the library's pointer to it is a pointer to this.
  struct jpeg_error_mgr base;
  jmp_buf back;
  linnet_jpeg_status status;
  char *message;
  /// Damage to coded data that the library would patch over counts as an error.
  int allow_truncated;
} linnet_jpeg_errors;

/// Makes `errors` ready and returns what belongs in `cinfo->err`. `setjmp(errors->back)` comes next.
struct jpeg_error_mgr *linnet_jpeg_errors_init(linnet_jpeg_errors *errors, char *message);

/// Ends the call with `status`; a null `sentence` leaves the library's own.
_Noreturn void linnet_jpeg_fail(linnet_jpeg_errors *errors, linnet_jpeg_status status, const char *sentence);

#endif
