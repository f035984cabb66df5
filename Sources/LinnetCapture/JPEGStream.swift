/// Finds whole JPEG pictures in bytes that come piece by piece (ITU-T T.81, annex B), whatever stands between them: a
/// camera's stream, `multipart/x-mixed-replace`, files one after the other.
struct JPEGStream {
  /// One whole picture, from its first marker to its last.
  struct Picture: Equatable {
    var width: Int
    var height: Int
    var bytes: [UInt8]
  }

  private enum State {
    /// Before a picture.
    case outside
    /// Where a marker has to stand.
    case segments
    /// In compressed data, which ends at a marker.
    case data
  }

  /// More bytes than any picture has.
  static let limit = 32 << 20

  /// Pictures that were begun and not whole.
  private(set) var broken: UInt64 = 0
  private var buffer: [UInt8] = []
  private var place = 0
  private var start = 0
  private var state = State.outside
  private var size: (width: Int, height: Int) = (0, 0)

  mutating func append(_ bytes: ArraySlice<UInt8>) {
    // What was passed goes when it outweighs what is left, so that every byte is moved twice at most.
    let passed = state == .outside ? place : start
    if passed > buffer.count / 2 {
      buffer.removeFirst(passed)
      place -= passed
      start -= passed
    }
    buffer += bytes
  }

  /// Forgets what is left of bytes that came before; what comes next has nothing to do with them.
  mutating func restart() {
    if state != .outside { broken += 1 }
    buffer.removeAll(keepingCapacity: true)
    (place, start, state) = (0, 0, .outside)
  }

  /// The next whole picture in what came so far; `nil` when more is needed.
  mutating func next() -> Picture? {
    while true {
      if state != .outside, place - start > Self.limit { abandon() }
      switch state {
      case .outside:
        guard findStart() else { return nil }
      case .data:
        guard findMarker() else { return nil }
      case .segments:
        switch takeSegment() {
        case .more: return nil
        case .went: break
        case .ended: if let picture = takePicture() { return picture }
        }
      }
    }
  }

  private mutating func findStart() -> Bool {
    while place + 2 < buffer.count {
      if buffer[place] == 0xFF, buffer[place + 1] == 0xD8, buffer[place + 2] == 0xFF {
        begin()
        return true
      }
      place += 1
    }
    return false
  }

  private mutating func begin() {
    start = place
    place += 2
    size = (0, 0)
    state = .segments
  }

  private mutating func findMarker() -> Bool {
    while place + 1 < buffer.count {
      let next = buffer[place + 1]
      // Stuffed zeros, restart markers and fill bytes belong to the data.
      if buffer[place] == 0xFF, next != 0, next != 0xFF, !(0xD0...0xD7).contains(next) {
        state = .segments
        return true
      }
      place += 1
    }
    return false
  }

  private enum Progress {
    case more
    case went
    case ended
  }

  private mutating func takeSegment() -> Progress {
    guard place + 1 < buffer.count else { return .more }
    let marker = buffer[place + 1]
    guard buffer[place] == 0xFF, marker != 0 else {
      abandon()
      return .went
    }
    switch marker {
    case 0xFF: place += 1
    case 0x01, 0xD0...0xD7: place += 2
    case 0xD8:
      // The next picture begins before this one ended.
      broken += 1
      begin()
    case 0xD9:
      place += 2
      return .ended
    default: return takeSegment(marker)
    }
    return .went
  }

  private mutating func takeSegment(_ marker: UInt8) -> Progress {
    guard place + 3 < buffer.count else { return .more }
    let length = word(at: place + 2)
    guard length >= 2 else {
      abandon()
      return .went
    }
    guard place + 2 + length <= buffer.count else { return .more }
    let isFrame = (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
    if isFrame, length >= 7 { size = (word(at: place + 7), word(at: place + 5)) }
    place += 2 + length
    if marker == 0xDA { state = .data }
    return .went
  }

  /// `nil` of markers without a picture.
  private mutating func takePicture() -> Picture? {
    let picture = Picture(width: size.width, height: size.height, bytes: Array(buffer[start..<place]))
    state = .outside
    guard size.width > 0, size.height > 0 else {
      broken += 1
      return nil
    }
    return picture
  }

  /// What was begun is none; a picture may begin after its first byte.
  private mutating func abandon() {
    broken += 1
    place = start + 2
    state = .outside
  }

  private func word(at place: Int) -> Int { Int(buffer[place]) << 8 | Int(buffer[place + 1]) }
}
