internal import CLinux
internal import CV4L2
internal import LinnetTensor

extension CameraDevice {
  /// The picture formats of the node in the driver's order, each once.
  func codes() -> [(code: PixelCode, description: String)] {
    var codes: [(code: PixelCode, description: String)] = []
    for index in 0..<UInt32(256) {
      var code: UInt32 = 0
      var flags: UInt32 = 0
      var description = [CChar](repeating: 0, count: 32)
      let failed = unsafe description.withUnsafeMutableBufferPointer {
        unsafe linnet_video_enumerate_format(descriptor, isPlanar, index, &code, &flags, $0.baseAddress) != 0
      }
      if failed { break }
      guard !codes.contains(where: { $0.code.rawValue == code }) else { continue }
      let letters = description.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      codes.append((PixelCode(rawValue: code), String(decoding: letters, as: UTF8.self)))
    }
    return codes
  }

  /// The highest frame rates that a size of a format can have, as far as the driver says, the highest first.
  func rates(_ code: PixelCode, width: Int, height: Int) -> [ClosedRange<Double>] {
    var rates: [ClosedRange<Double>] = []
    for index in 0..<UInt32(256) {
      var interval = linnet_frame_interval()
      let code = unsafe linnet_video_enumerate_interval(
        descriptor, code.rawValue, UInt32(width), UInt32(height), index, &interval)
      guard code == 0 else { break }
      guard let highest = interval.shortest.rate, let lowest = interval.longest.rate else { continue }
      rates.append(min(lowest, highest)...max(lowest, highest))
    }
    return rates.sorted { $0.upperBound > $1.upperBound }
  }

  /// Settles with the driver on a format that can be used.
  func negotiate(_ request: CameraRequest) throws(CaptureError) -> Agreement {
    _ = linnet_video_take_timings(descriptor)
    _ = linnet_video_subscribe_source_change(descriptor)
    let offered = codes()
    guard let code = request.code ?? best(of: offered.map(\.code), for: request) else {
      throw .noUsableFormat(path: path, offered: offered.map(\.code.description))
    }
    var answer = linnet_format()
    answer.code = code.rawValue
    answer.width = UInt32(clamping: request.width)
    answer.height = UInt32(clamping: request.height)
    let error = unsafe linnet_video_set_format(descriptor, isPlanar, &answer)
    // EDOM is our own word for a picture whose planes lie in memory apart.
    if error != EDOM { try check("VIDIOC_S_FMT", error) }
    guard error == 0, let agreement = Agreement(answer) else {
      throw .noUsableFormat(path: path, offered: offered.map(\.code.description))
    }
    return agreement
  }

  /// Asks for a rate, and returns the one that there is; `nil` from a driver that knows none.
  func settleRate(_ request: CameraRequest) throws(CaptureError) -> Double? {
    var interval = v4l2_fract()
    guard unsafe linnet_video_get_interval(descriptor, isPlanar, &interval) == 0 else { return nil }
    interval = v4l2_fract(numerator: 1, denominator: UInt32(clamping: max(request.framesPerSecond ?? 30, 1)))
    try check("VIDIOC_S_PARM", unsafe linnet_video_set_interval(descriptor, isPlanar, &interval))
    return interval.rate
  }

  /// The format among `codes` that serves `request` best, by what the driver says that it would do.
  private func best(of codes: [PixelCode], for request: CameraRequest) -> PixelCode? {
    let candidates = codes.compactMap { code -> Negotiation.Candidate? in
      var answer = linnet_format()
      answer.code = code.rawValue
      answer.width = UInt32(clamping: request.width)
      answer.height = UInt32(clamping: request.height)
      switch unsafe linnet_video_try_format(descriptor, isPlanar, &answer) {
      case 0: guard answer.code == code.rawValue, Agreement(answer) != nil else { return nil }
      // Drivers need not know this request; the size may be the one that was asked for.
      case ENOTTY: break
      default: return nil
      }
      return Negotiation.Candidate(
        code: code, width: Int(answer.width), height: Int(answer.height),
        framesPerSecond: rates(code, width: Int(answer.width), height: Int(answer.height)).first?.upperBound)
    }
    return Negotiation.best(of: candidates, for: request)?.code
  }
}

extension v4l2_fract {
  /// Frames a second of this interval; `nil` where it is none.
  fileprivate var rate: Double? {
    numerator > 0 && denominator > 0 ? Double(denominator) / Double(numerator) : nil
  }
}
