#include "errors.h"

#include <jerror.h>

_Noreturn void linnet_jpeg_fail(linnet_jpeg_errors *errors, linnet_jpeg_status status, const char *sentence) {
  errors->status = status;
  if (sentence) snprintf(errors->message, LINNET_JPEG_MESSAGE_BYTES, "%s", sentence);
  longjmp(errors->back, 1);
}

static linnet_jpeg_status status_of(int code) {
  switch (code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE:
    case JERR_WIDTH_OVERFLOW:
      return LINNET_JPEG_MEMORY;
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_BAD_PRECISION:
    case JERR_IMAGE_TOO_BIG:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_EMPTY_IMAGE:
      return LINNET_JPEG_UNSUPPORTED;
    default:
      return LINNET_JPEG_CORRUPT;
  }
}

static void error_exit(j_common_ptr cinfo) {
  linnet_jpeg_errors *errors = (linnet_jpeg_errors *)cinfo->err;
  char sentence[JMSG_LENGTH_MAX];
  cinfo->err->format_message(cinfo, sentence);
  linnet_jpeg_fail(errors, status_of(cinfo->err->msg_code), sentence);
}

/// Warnings (level -1): only damage to the coded picture ends the call. Bytes between markers, unknown versions and
/// odd but decodable parameters do not. A scan that refines nothing is damage: it would cost time without end.
static void emit_message(j_common_ptr cinfo, int level) {
  if (level >= 0) return;
  linnet_jpeg_errors *errors = (linnet_jpeg_errors *)cinfo->err;
  switch (cinfo->err->msg_code) {
    case JWRN_HIT_MARKER:
      if (!errors->allow_truncated) linnet_jpeg_fail(errors, LINNET_JPEG_TRUNCATED, NULL);
      break;
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_BOGUS_PROGRESSION:
      error_exit(cinfo);
    default:
      break;
  }
}

static void output_message(j_common_ptr cinfo) { (void)cinfo; }

struct jpeg_error_mgr *linnet_jpeg_errors_init(linnet_jpeg_errors *errors, char *message) {
  jpeg_std_error(&errors->base);
  errors->base.error_exit = error_exit;
  errors->base.emit_message = emit_message;
  errors->base.output_message = output_message;
  errors->status = LINNET_JPEG_OK;
  errors->message = message;
  errors->allow_truncated = 0;
  message[0] = '\0';
  return &errors->base;
}
