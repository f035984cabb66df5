internal import LinnetImage

/// Pictures as sixels (DEC STD 070, "Graphic Printer"): bands of six rows, and in each a row of characters a colour.
enum Sixel {
  /// Steps of red, green and blue.
  private static let steps = SIMD3<Int>(6, 7, 6)

  /// The sequence that draws the picture where the cursor stands.
  static func encode(_ picture: Picture) -> String {
    var text: [UInt8] = Array("\u{1B}P0;1;q\"1;1;\(picture.width);\(picture.height)".utf8)
    let colours = steps.x * steps.y * steps.z
    for colour in 0..<colours {
      let step = SIMD3(colour / (steps.y * steps.z), colour / steps.z % steps.y, colour % steps.z)
      let share = step &* 100 / (steps &- 1)
      text += "#\(colour);2;\(share.x);\(share.y);\(share.z)".utf8
    }
    var places = [Int](repeating: 0, count: 6 * picture.width)
    for top in stride(from: 0, to: picture.height, by: 6) {
      let rows = min(6, picture.height - top)
      var present = [Bool](repeating: false, count: colours)
      for row in 0..<rows {
        for x in 0..<picture.width {
          let colour = place(of: picture.colour(x, top + row), x, top + row)
          places[row * picture.width + x] = colour
          present[colour] = true
        }
      }
      for colour in 0..<colours where present[colour] {
        text += "#\(colour)".utf8
        append(colour, places, rows: rows, width: picture.width, to: &text)
        text.append(UInt8(ascii: "$"))
      }
      text.append(UInt8(ascii: "-"))
    }
    return String(decoding: text, as: UTF8.self) + "\u{1B}\\"
  }

  /// The band's characters of one colour, equal ones counted.
  private static func append(
    _ colour: Int, _ places: [Int], rows: Int, width: Int, to text: inout [UInt8]
  ) {
    var (last, count) = (UInt8(0), 0)
    func write(_ text: inout [UInt8]) {
      if count > 3 {
        text += "!\(count)".utf8
        text.append(last)
      } else {
        for _ in 0..<count { text.append(last) }
      }
    }
    for x in 0..<width {
      var bits: UInt8 = 0
      for row in 0..<rows where places[row * width + x] == colour { bits |= 1 << UInt8(row) }
      let character = 0x3F + bits
      if character != last {
        write(&text)
        (last, count) = (character, 0)
      }
      count += 1
    }
    // Nothing at the end of a band need not be drawn.
    if last != 0x3F { write(&text) }
  }

  /// The number of the colour at (x, y), rounded up or down by a pattern of four by four, so that areas come out right.
  private static func place(of colour: SIMD3<UInt8>, _ x: Int, _ y: Int) -> Int {
    let pattern = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]
    let threshold = (2 * pattern[(y & 3) * 4 + (x & 3)] + 1) * 255 / 32
    func step(_ value: UInt8, _ steps: Int) -> Int { (Int(value) * (steps - 1) + threshold) / 255 }
    return (min(step(colour.x, steps.x), steps.x - 1) * steps.y + min(step(colour.y, steps.y), steps.y - 1))
      * steps.z + min(step(colour.z, steps.z), steps.z - 1)
  }
}
