internal import CLinux
internal import CV4L2
internal import LinnetTensor

extension CameraStream {
  /// Waits for the driver until `deadline`, and gives the newest whole frame that lies ready; `nothing` also when
  /// what came was not whole.
  func next(
    until deadline: UInt64, interruption: Interruption, counting: inout CaptureStatistics,
    recorder: FrameRecorder? = nil
  ) throws(CaptureError) -> Arrival {
    // With every buffer lent there is nothing that the driver could fill.
    let isStarved = queued == 0
    let events = linnet_wait(
      isStarved ? -1 : descriptor, Int16(POLLIN | POLLPRI), interruption.descriptor, deadline)
    if events == LINNET_INTERRUPTED { return .end }
    if events == 0 { return .nothing }
    if events & Int32(POLLPRI) != 0 { try takeEvents() }
    if let frame = try takeNewest(counting: &counting, recorder) { return .frame(frame) }
    // The error of a stream is told by DQBUF; some drivers only show it here.
    if events & Int32(POLLERR | POLLHUP | POLLNVAL) != 0 { throw lost("poll", 0) }
    return .nothing
  }

  private func takeEvents() throws(CaptureError) {
    var isSourceChange = false
    while unsafe linnet_video_take_event(descriptor, &isSourceChange) == 0 {
      if isSourceChange { throw .formatChanged(path: path) }
    }
  }

  /// Takes what the driver has filled, and lends the newest whole frame of it.
  private func takeNewest(
    counting: inout CaptureStatistics, _ recorder: FrameRecorder?
  ) throws(CaptureError) -> Frame? {
    var newest: (buffer: linnet_buffer, format: FrameFormat)?
    var count = 0
    do throws(CaptureError) {
      while count < buffers.count, let buffer = try dequeue() {
        count += 1
        if let recorder { record(buffer, to: recorder) }
        counting.missed += sequence.advance(to: buffer.sequence)
        guard let format = wholeFormat(of: buffer) else {
          counting.broken += 1
          giveBack(buffer.index)
          try checkFormat()
          continue
        }
        if let older = newest?.buffer {
          counting.replaced += 1
          giveBack(older.index)
        }
        newest = (buffer, format)
      }
    } catch {
      if let newest { giveBack(newest.buffer.index) }
      throw error
    }
    guard let (buffer, format) = newest else { return nil }
    let ranDry = count >= queuedAfterFrame
    let now = linnet_monotonic_nanoseconds()
    let taken = time(of: buffer).map { min($0, now) }
    if ranDry, !hasPassedOver, isOld(taken, at: now) {
      // The driver had no buffer for the frames after this one: the next to come is the newest.
      hasPassedOver = true
      counting.replaced += 1
      giveBack(buffer.index)
      queuedAfterFrame = queued
      return nil
    }
    queuedAfterFrame = queued
    guard let lease = lend(buffer) else {
      counting.broken += 1
      giveBack(buffer.index)
      return nil
    }
    counting.delivered += 1
    return Frame(
      format: format, sequence: buffer.sequence, nanoseconds: taken ?? now, lease: lease)
  }

  private func record(_ buffer: linnet_buffer, to recorder: FrameRecorder) {
    let picture = unsafe UnsafeRawBufferPointer(buffers[Int(buffer.index)].picture(buffer))
    recorder.add(
      RecordedFrame(agreement.driver, buffer, byteCount: picture.count), picture: unsafe picture.bytes)
  }

  /// `nil` for a frame that is not whole.
  private func wholeFormat(of buffer: linnet_buffer) -> FrameFormat? {
    guard buffer.flags & UInt32(V4L2_BUF_FLAG_ERROR) == 0 else { return nil }
    let picture = unsafe buffers[Int(buffer.index)].picture(buffer)
    return unsafe agreement.format(ofPicture: UnsafeRawBufferPointer(picture).bytes)
  }

  /// After a frame that is not whole: another format would explain it.
  private func checkFormat() throws(CaptureError) {
    var now = linnet_format()
    guard unsafe linnet_video_get_format(descriptor, isPlanar, &now) == 0 else { return }
    if !agreement.isKept(by: now) { throw .formatChanged(path: path) }
  }

  /// `nil` for a frame that cannot be converted.
  private func lend(_ buffer: linnet_buffer) -> BufferLease? {
    let picture = unsafe buffers[Int(buffer.index)].picture(buffer)
    guard let converter else {
      return unsafe BufferLease(self, index: buffer.index, bytes: UnsafeRawBufferPointer(picture))
    }
    guard let bytes = unsafe converter.convert(picture, slot: Int(buffer.index)) else { return nil }
    return unsafe BufferLease(self, index: buffer.index, bytes: bytes)
  }

  /// When the picture was taken, if the driver tells it by the clock that does not jump; drivers that reckon it may
  /// be ahead a little.
  private func time(of buffer: linnet_buffer) -> UInt64? {
    let clock = buffer.flags & UInt32(V4L2_BUF_FLAG_TIMESTAMP_MASK)
    return clock == UInt32(V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC) ? buffer.nanoseconds : nil
  }

  /// Whether a newer frame must have come since.
  private func isOld(_ taken: UInt64?, at now: UInt64) -> Bool {
    guard let taken else { return true }
    return now - taken > UInt64(1e9 / max(framesPerSecond ?? 30, 1))
  }
}
