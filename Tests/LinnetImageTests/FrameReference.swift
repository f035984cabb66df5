import LinnetImage
import LinnetTensor

/// What a frame's tensor must be, computed sample by sample in the plainest way: the part of the picture is found by
/// looking where its corners come from, every component is resized from top to bottom, rounded to 8 bits, then from left to
/// right, and the colours are made of the results.
struct FrameReference {
  /// Of a JPEG that was decoded as a whole, 24 bits of colour.
  let format: FrameFormat
  let bytes: [UInt8]
  let view: FrameView
  let recipe: Preprocessing
  /// Pixels of a JPEG, of which `eighths` / 8 were decoded, each way.
  var encoded: (width: Int, height: Int)?
  var eighths = 8

  /// A place in the frame, or in what was made of it.
  typealias Place = (x: Int, y: Int)

  /// RGB, row after row.
  var levels: [UInt8] {
    get throws {
      let isTurned = view.rotation == .quarter || view.rotation == .threeQuarters
      let frame = encoded ?? (width: format.width, height: format.height)
      let upright = isTurned ? (width: frame.height, height: frame.width) : frame
      let part = try seen(of: upright)
      let corner = stored((part.x, part.y), in: frame)
      let opposite = stored((part.x + part.width - 1, part.y + part.height - 1), in: frame)
      let left = min(corner.x, opposite.x)
      let top = min(corner.y, opposite.y)
      let right = max(corner.x, opposite.x) + 1
      let bottom = max(corner.y, opposite.y) + 1
      let made =
        isTurned ? (width: recipe.height, height: recipe.width) : (width: recipe.width, height: recipe.height)
      let components = (0..<3).map { component in
        resized(component, x: (left, right), y: (top, bottom), to: made)
      }
      var levels: [UInt8] = []
      for y in 0..<recipe.height {
        for x in 0..<recipe.width {
          let place = stored((x, y), in: made)
          let codes = components.map { $0[place.y * made.width + place.x] }
          levels += isRGB ? codes : rgb(codes)
        }
      }
      return levels
    }
  }

  private var isRGB: Bool { format.pixels == .rgb24 || format.pixels == .bgr24 }

  private func seen(of upright: (width: Int, height: Int)) throws -> Region {
    var crop = Region(x: 0, y: 0, width: upright.width, height: upright.height)
    if let wish = view.crop, let region = wish.region(width: upright.width, height: upright.height) {
      crop = region
    }
    let part = recipe.part(width: crop.width, height: crop.height)
    return Region(x: crop.x + part.x, y: crop.y + part.y, width: part.width, height: part.height)
  }

  /// Where a place of the picture lies in a frame of these extents: the mirror is taken back first, then one quarter
  /// after the other.
  private func stored(_ place: Place, in frame: (width: Int, height: Int)) -> Place {
    let isTurned = view.rotation == .quarter || view.rotation == .threeQuarters
    var (x, y) = place
    var (width, height) = isTurned ? (frame.height, frame.width) : (frame.width, frame.height)
    if view.isMirrored { x = width - 1 - x }
    for _ in 0..<view.rotation.rawValue / 90 {
      (x, y) = (y, width - 1 - x)
      (width, height) = (height, width)
    }
    return (x, y)
  }

  /// Eighths of a sample of a component that there are for each pixel, across and down.
  private func share(_ component: Int) -> (across: Int, down: Int) {
    switch format.pixels {
    case .yuyv, .uyvy: component == 0 ? (8, 8) : (4, 8)
    case .nv12: component == 0 ? (8, 8) : (4, 4)
    default: (eighths, eighths)
    }
  }

  private func sample(_ component: Int, _ x: Int, _ y: Int) -> UInt8 {
    let row = y * format.bytesPerRow
    switch format.pixels {
    case .yuyv: return bytes[row + (component == 0 ? 2 * x : 4 * x + 2 * component - 1)]
    case .uyvy: return bytes[row + (component == 0 ? 2 * x + 1 : 4 * x + 2 * component - 2)]
    case .nv12:
      let chroma = format.bytesPerRow * format.height
      return bytes[component == 0 ? row + x : chroma + row + 2 * x + component - 1]
    case .rgb24, .jpeg: return bytes[row + 3 * x + component]
    case .bgr24: return bytes[row + 3 * x + 2 - component]
    case .grey: return component == 0 ? bytes[row + x] : 128
    }
  }

  /// The samples of a component between these edges of the frame, resized.
  private func resized(
    _ component: Int, x: (from: Int, to: Int), y: (from: Int, to: Int), to made: (width: Int, height: Int)
  ) -> [UInt8] {
    let share = share(component)
    let rows = Weights(from: y.from, to: y.to, share: share.down, count: made.height, filter: recipe.filter)
    let columns = Weights(
      from: x.from, to: x.to, share: share.across, count: made.width, filter: recipe.filter)
    var result: [UInt8] = []
    for j in 0..<made.height {
      let row = (columns.first..<columns.end).map { x in
        rows.sum(j) { y in sample(component, x, y) }
      }
      for i in 0..<made.width { result.append(columns.sum(i) { x in row[x - columns.first] }) }
    }
    return result
  }

  private func rgb(_ codes: [UInt8]) -> [UInt8] {
    let (red, blue) = format.colour.matrix == .bt601 ? (0.299, 0.114) : (0.2126, 0.0722)
    let green = 1 - red - blue
    let isFull = format.colour.range == .full
    func weight(_ real: Double) -> Int { Int((real * 65_536).rounded()) }
    let luma = weight(isFull ? 1 : 255 / 219.0)
    let chroma = isFull ? 1 : 255 / 224.0
    let bright = luma * (Int(codes[0]) - (isFull ? 0 : 16))
    let (cb, cr) = (Int(codes[1]) - 128, Int(codes[2]) - 128)
    let sums = [
      bright + weight(2 * (1 - red) * chroma) * cr,
      bright - weight(2 * (1 - blue) * blue / green * chroma) * cb - weight(
        2 * (1 - red) * red / green * chroma) * cr,
      bright + weight(2 * (1 - blue) * chroma) * cb,
    ]
    return sums.map { UInt8(min(255, max(0, ($0 + 32_768) >> 16))) }
  }
}

/// The weights of an antialiased resize in one direction, each as a list of samples and their shares.
private struct Weights {
  let first: Int
  let end: Int
  private var terms: [[(sample: Int, weight: Int)]] = []

  /// - Parameter share: eighths of a sample for each place.
  init(from: Int, to: Int, share: Int, count: Int, filter: Preprocessing.Filter) {
    first = from * share / 8
    end = (to * share + 7) / 8
    let (from, to) = (Double(from * share) / 8, Double(to * share) / 8)
    let scale = (to - from) / Double(count)
    let stretch = max(1, scale)
    let support = (filter == .bicubic ? 2 : 1) * stretch
    for i in 0..<count {
      // Whole samples are counted after `first`, as the resize does, so that fractions round alike.
      let centre = from - Double(first) + (Double(i) + 0.5) * scale
      let low = max(0, Int(centre - support + 0.5))
      let high = min(end - first, Int(centre + support + 0.5))
      let reals = (low..<high).map { Self.filter(filter, abs((Double($0) - centre + 0.5) / stretch)) }
      let one = Double(1 << 22) / reals.reduce(0, +)
      terms.append(
        zip(low..<high, reals).map { (first + $0, Int(($1 * one).rounded(.toNearestOrAwayFromZero))) })
    }
  }

  private static func filter(_ filter: Preprocessing.Filter, _ x: Double) -> Double {
    if filter == .bilinear { return x < 1 ? 1 - x : 0 }
    if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
  }

  func sum(_ i: Int, _ sample: (Int) -> UInt8) -> UInt8 {
    let sum = terms[i].reduce(1 << 21) { $0 + $1.weight * Int(sample($1.sample)) }
    return UInt8(min(255, max(0, sum >> 22)))
  }
}
