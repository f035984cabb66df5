internal import CLinux
internal import CV4L2

/// The memory of one buffer of a stream, which outlives the device that filled it.
@safe struct MappedBuffer {
  private let memory: UnsafeMutableRawBufferPointer

  /// `nil` with `errno` set where it cannot be mapped. Writable, because some conversions work in place.
  init?(_ device: Int32, _ buffer: linnet_buffer) {
    let address = unsafe mmap(
      nil, Int(buffer.length), PROT_READ | PROT_WRITE, MAP_SHARED, device, Int(buffer.map_offset))
    guard unsafe linnet_is_map_failed(address) == 0 else { return nil }
    unsafe memory = UnsafeMutableRawBufferPointer(start: address, count: Int(buffer.length))
  }

  /// The picture in the buffer: what the driver says that it filled, cut where that cannot be.
  @unsafe func picture(_ buffer: linnet_buffer) -> UnsafeMutableRawBufferPointer {
    let start = unsafe min(Int(buffer.data_offset), memory.count)
    let count = unsafe min(Int(buffer.bytes_used), memory.count - start)
    return unsafe UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + count])
  }

  func unmap() { _ = unsafe munmap(memory.baseAddress, memory.count) }
}

/// A frame's bytes in a buffer of a stream; the buffer goes back to the driver when this goes away.
@safe struct BufferLease: ~Copyable {
  private let stream: CameraStream
  private let index: UInt32
  private let bytes: UnsafeRawBufferPointer

  /// `bytes` belong to buffer `index` of `stream`: its own, or those that it was converted into.
  @unsafe init(_ stream: CameraStream, index: UInt32, bytes: UnsafeRawBufferPointer) {
    self.stream = stream
    self.index = index
    unsafe self.bytes = bytes
  }

  deinit { stream.giveBack(index) }

  var byteCount: Int { unsafe bytes.count }

  func withBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    try unsafe body(bytes.bytes)
  }
}
