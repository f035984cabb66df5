internal import CV4L2
internal import LinnetTensor

/// Turns pictures of formats that Linnet does not read into some that it does, by libv4lconvert; as many at a time as
/// a stream has buffers, each in a slot of its own.
@safe final class FrameConverter {
  private let converter: OpaquePointer
  private let agreement: Agreement
  /// What the driver sends, with the bytes of a row where it does not say them.
  private var format: linnet_format
  private let slotBytes: Int
  private var slots: [UnsafeMutableRawBufferPointer?]
  /// Y′CbCr comes as three planes before it becomes two.
  private let planes: UnsafeMutableRawBufferPointer?
  private let targetCode: UInt32

  /// `nil` without memory.
  init?(_ agreement: Agreement, slots: Int) {
    guard let converter = unsafe linnet_converter_make() else { return nil }
    unsafe self.converter = converter
    self.agreement = agreement
    format = agreement.driver
    format.bytes_per_row = UInt32(agreement.conversion?.bytesPerRow(width: agreement.frames.width) ?? 0)
    slotBytes = agreement.frames.byteCount ?? 0
    unsafe self.slots = Array(repeating: nil, count: slots)
    targetCode = PixelCode(letters: agreement.frames.pixels == .nv12 ? "YU12" : "RGB3")!.rawValue
    unsafe planes =
      agreement.frames.pixels == .nv12 ? .allocate(byteCount: slotBytes, alignment: 16) : nil
  }

  deinit {
    unsafe linnet_converter_free(converter)
    unsafe planes?.deallocate()
    for slot in unsafe slots.indices { unsafe slots[slot]?.deallocate() }
  }

  /// Converts `picture` into `slot`, which is the result; `nil` for one that is not whole.
  @unsafe func convert(_ picture: UnsafeMutableRawBufferPointer, slot: Int) -> UnsafeRawBufferPointer? {
    guard picture.count >= agreement.byteCount else { return nil }
    let target = unsafe slots[slot] ?? .allocate(byteCount: slotBytes, alignment: 16)
    unsafe slots[slot] = target
    let middle = unsafe planes ?? target
    let written = unsafe linnet_converter_convert(
      converter, &format, targetCode, picture.assumingMemoryBound(to: UInt8.self).baseAddress,
      UInt32(picture.count), middle.assumingMemoryBound(to: UInt8.self).baseAddress, UInt32(slotBytes))
    guard Int(written) == slotBytes else { return nil }
    if unsafe planes != nil { unsafe interleave(middle, into: target) }
    return UnsafeRawBufferPointer(target)
  }

  /// Planes Y, Cb, Cr → planes Y, CbCr.
  @unsafe private func interleave(
    _ planes: UnsafeMutableRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) {
    let luma = agreement.frames.width * agreement.frames.height
    let chroma = luma / 4
    unsafe target.baseAddress!.copyMemory(from: planes.baseAddress!, byteCount: luma)
    for place in 0..<chroma {
      unsafe target[luma + 2 * place] = planes[luma + place]
      unsafe target[luma + 2 * place + 1] = planes[luma + chroma + place]
    }
  }
}
