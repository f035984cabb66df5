internal import LinnetHead
public import LinnetImage

extension Explanation {
  /// The picture with its map over it, and a legend beneath; what the network did not see is darkened.
  ///
  /// - Parameters:
  ///   - picture: the upright picture at any size of the same proportions.
  ///   - boxes: rectangles to draw, in pixels of the upright picture at full size.
  public func drawing(over picture: Picture, boxes: [Box] = []) -> Picture {
    func across(_ x: Int) -> Int { (x * picture.width + width / 2) / width }
    func down(_ y: Int) -> Int { (y * picture.height + height / 2) / height }
    func scaled(_ region: Region) -> Region {
      let (left, top) = (across(region.x), down(region.y))
      return Region(
        x: left, y: top, width: max(1, across(region.x + region.width) - left),
        height: max(1, down(region.y + region.height) - top))
    }
    let scale = max(1, min(3, picture.width / 240))
    let strip = 13 * scale
    var canvas = Canvas(width: picture.width, height: picture.height + strip, colour: Self.ink)
    canvas.put(picture, x: 0, y: 0)
    let seen = scaled(part)
    let shares = map.shares.resampled(rows: seen.height, columns: seen.width).shares
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        // Half of the picture's own colour is taken out, so that the map's can be told from it.
        let under = SIMD3<Float>(canvas[x, y])
        let grey = UInt8(0.299 * under.x + 0.587 * under.y + 0.114 * under.z)
        canvas.blend(SIMD3(repeating: grey), opacity: 0.5, x: x, y: y)
        let (row, column) = (y - seen.y, x - seen.x)
        guard row >= 0, column >= 0, row < seen.height, column < seen.width else {
          canvas.blend(Self.ink, opacity: 0.6, x: x, y: y)
          continue
        }
        let share = shares[row, column]
        canvas.blend(HeatColours.colour(share), opacity: 0.2 + 0.45 * share, x: x, y: y)
      }
    }
    for box in boxes {
      let region = scaled(box.region)
      canvas.outline(
        Region(
          x: region.x - scale, y: region.y - scale, width: region.width + 2 * scale,
          height: region.height + 2 * scale),
        Self.ink, thickness: 3 * scale)
      canvas.outline(region, Self.paper, thickness: scale)
    }
    drawLegend(on: &canvas, top: picture.height, scale: scale)
    return canvas.picture
  }

  /// The label as the legend has it: without signs that there are no letters for, and in a script that there are none for, the
  /// number of the class in the head.
  var drawnLabel: String {
    let drawn = explained.label.filter { PixelLetters.draws(String($0)) }
    let isWhole = explained.label.allSatisfy {
      !$0.isLetter && !$0.isNumber || PixelLetters.draws(String($0))
    }
    let words = drawn.split(separator: " ")
    return isWhole && !words.isEmpty ? words.joined(separator: " ") : "CLASS \(explained.index)"
  }

  private static let ink = SIMD3<UInt8>(16, 16, 20)
  private static let paper = SIMD3<UInt8>(255, 255, 255)

  /// The class and its confidence, and what the colours mean.
  private func drawLegend(on canvas: inout Canvas, top: Int, scale: Int) {
    let margin = 3 * scale
    let letter = PixelLetters.advance * scale
    let bar = canvas.width / 4
    let room = max(0, canvas.width - bar - 3 * margin) / letter
    let confidence = "\(Int((explained.confidence * 100).rounded()))%"
    var label = drawnLabel
    while !label.isEmpty, PixelLetters.count(of: label) > room - confidence.count - 1 { label.removeLast() }
    canvas.write("\(label) \(confidence)", x: margin, y: top + margin, scale: scale, Self.paper)
    let left = canvas.width - margin - bar
    for column in 0..<bar {
      canvas.fill(
        Region(x: left + column, y: top + margin, width: 1, height: PixelLetters.height * scale),
        HeatColours.colour(Float(column) / Float(max(1, bar - 1))))
    }
    let words: [(text: String, x: Int, colour: SIMD3<UInt8>)] = [
      ("LESS", left + scale, Self.paper), ("MORE", canvas.width - margin - 4 * letter, Self.ink),
    ]
    for word in words where bar > 9 * letter {
      canvas.write(word.text, x: word.x, y: top + margin, scale: scale, word.colour)
    }
  }
}
