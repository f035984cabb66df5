internal import CLinux
internal import CV4L2
internal import LinnetTensor

/// A camera that streams into mapped buffers: what is thrown away and made anew when a camera is opened again.
///
/// Frames that are still lent keep the memory, not the device: they stay readable after ``stop()``. For one thread.
@safe final class CameraStream {
  let path: String
  let identity: CameraIdentity
  let agreement: Agreement
  let framesPerSecond: Double?
  /// Buffers that the driver has.
  private(set) var queued = 0
  private(set) var buffers: [MappedBuffer] = []
  private(set) var converter: FrameConverter?
  /// How far the driver's count of frames has come.
  var sequence = SequenceCount()
  /// Buffers that the driver had when the last frame was lent.
  var queuedAfterFrame = 0
  /// Whether an old frame was passed over since the caller began to wait: once suffices.
  var hasPassedOver = false
  private var device: CameraDevice?
  /// Why a buffer could not be given back; told by the next look for frames.
  private var failure: CaptureError?

  /// Opens `path`, agrees on a format and starts the stream.
  init(path: String, request: CameraRequest) throws(CaptureError) {
    let device = try CameraDevice.open(path)
    agreement = try device.negotiate(request)
    framesPerSecond = try device.settleRate(request)
    self.path = path
    identity = device.identity
    self.device = consume device
    try start()
  }

  deinit {
    stop()
    for buffer in buffers { buffer.unmap() }
  }

  /// −1 once stopped.
  var descriptor: Int32 { device?.descriptor ?? -1 }
  var isPlanar: Bool { device?.isPlanar ?? false }

  private func start() throws(CaptureError) {
    var count: UInt32 = 4
    try check("VIDIOC_REQBUFS", unsafe linnet_video_request_buffers(descriptor, isPlanar, &count))
    guard count >= 2 else { throw .noBuffers(path: path) }
    // From here on nobody else can change the format: what it is now counts.
    var now = linnet_format()
    try check("VIDIOC_G_FMT", unsafe linnet_video_get_format(descriptor, isPlanar, &now))
    guard agreement.isKept(by: now) else { throw .formatChanged(path: path) }
    for index in 0..<count { try map(index) }
    if agreement.conversion != nil {
      converter = FrameConverter(agreement, slots: buffers.count)
      if converter == nil { throw .noBuffers(path: path) }
    }
    for index in 0..<count { try queue(index) }
    queuedAfterFrame = queued
    try check("VIDIOC_STREAMON", linnet_video_start(descriptor, isPlanar))
  }

  private func map(_ index: UInt32) throws(CaptureError) {
    var buffer = linnet_buffer()
    try check("VIDIOC_QUERYBUF", unsafe linnet_video_query_buffer(descriptor, isPlanar, index, &buffer))
    guard let mapped = MappedBuffer(descriptor, buffer) else {
      throw .request("mmap", linnet_errno(), path: path)
    }
    buffers.append(mapped)
  }

  private func queue(_ index: UInt32) throws(CaptureError) {
    try check("VIDIOC_QBUF", linnet_video_queue(descriptor, isPlanar, index))
    queued += 1
  }

  /// Stops the stream, which takes all buffers back from the driver, and closes the device.
  func stop() {
    guard descriptor >= 0 else { return }
    _ = linnet_video_stop(descriptor, isPlanar)
    queued = 0
    device = nil
  }
}

extension CameraStream {
  /// The next buffer that the driver has filled, `nil` when there is none.
  func dequeue() throws(CaptureError) -> linnet_buffer? {
    if let failure { throw failure }
    var buffer = linnet_buffer()
    let code = unsafe linnet_video_dequeue(descriptor, isPlanar, &buffer)
    if code == EAGAIN { return nil }
    guard code == 0, Int(buffer.index) < buffers.count else { throw lost("VIDIOC_DQBUF", code) }
    queued -= 1
    return buffer
  }

  /// Gives a buffer back to the driver; not when the stream was stopped, which has given back all.
  func giveBack(_ index: UInt32) {
    guard descriptor >= 0 else { return }
    let code = linnet_video_queue(descriptor, isPlanar, index)
    if code == 0 { queued += 1 } else { failure = lost("VIDIOC_QBUF", code) }
  }

  /// What the loss of the stream is to be called: that of the device, if it is gone.
  func lost(_ request: String, _ code: Int32) -> CaptureError {
    var capability = linnet_capability()
    if unsafe linnet_video_capability(descriptor, &capability) == ENODEV { return .gone(path: path) }
    return code == EIO || code == EPIPE || code == 0
      ? .streamFailed(path: path) : .request(request, code, path: path)
  }

  private func check(_ request: String, _ code: Int32) throws(CaptureError) {
    if code != 0 { throw .request(request, code, path: path) }
  }
}
