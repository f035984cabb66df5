/// A USB device in user space, on the kernel's virtual host controller (vhci-hcd). What passes the socket is described in
/// the kernel's Documentation/usb/usbip_protocol.rst; here both ends are in one machine.
#ifndef USBIP_H
#define USBIP_H

#include <stdbool.h>
#include <stdint.h>

enum { USBIP_SUBMIT = 1, USBIP_UNLINK = 2 };

/// A request of the host: a transfer (of `length` bytes, `in` to the host), or the end of an earlier one.
struct usbip_request {
  uint32_t command, sequence, endpoint, length;
  bool in;
  uint8_t setup[8];
  uint32_t unlinked;
};

/// Plugs a high-speed device into a port of the controller. The descriptor to talk on, or −1 with a message.
int usbip_plug(int port);

/// Reads a request; false where the connection has ended.
bool usbip_read(int descriptor, struct usbip_request *request);

/// Reads what a transfer to the device carries.
bool usbip_read_data(int descriptor, void *data, uint32_t count);

/// Answers a transfer. `status` is 0 or a negative errno; `count` bytes of `data`, or only the count where `data` is null.
bool usbip_answer(int descriptor, uint32_t sequence, int status, const void *data, uint32_t count);

/// Answers the request to end a transfer, which was still `pending` or not.
bool usbip_answer_unlink(int descriptor, uint32_t sequence, bool pending);

#endif
