import LinnetImage
import Testing

@Suite struct CanvasTests {
  private let black = SIMD3<UInt8>(0, 0, 0)
  private let white = SIMD3<UInt8>(255, 255, 255)

  /// The pixels that are white, as text.
  private func text(_ canvas: Canvas) -> [String] {
    (0..<canvas.height).map { y in
      (0..<canvas.width).map { canvas[$0, y] == white ? "#" : "." }.joined()
    }
  }

  @Test func whatLiesOutsideIsNotDrawn() {
    var canvas = Canvas(width: 4, height: 3, colour: black)
    canvas.fill(Region(x: -5, y: 1, width: 7, height: 9), white)
    #expect(text(canvas) == ["....", "##..", "##.."])
    for far in [Region(x: 9, y: 0, width: 2, height: 2), Region(x: 0, y: -9, width: 4, height: 3)] {
      canvas.fill(far, white)
      canvas.outline(far, white, thickness: 2)
    }
    canvas.write("A", x: -40, y: 90, scale: 3, white)
    #expect(text(canvas) == ["....", "##..", "##.."])
  }

  @Test func outlinesGoInwards() {
    var canvas = Canvas(width: 6, height: 5, colour: black)
    canvas.outline(Region(x: 1, y: 0, width: 4, height: 4), white, thickness: 1)
    #expect(text(canvas) == [".####.", ".#..#.", ".#..#.", ".####.", "......"])
    canvas = Canvas(width: 3, height: 3, colour: black)
    canvas.outline(Region(x: 0, y: 0, width: 3, height: 3), white, thickness: 9)
    #expect(text(canvas) == ["###", "###", "###"])
  }

  @Test func blendingIsAShareOfBoth() {
    var canvas = Canvas(width: 1, height: 1, colour: SIMD3(100, 0, 255))
    canvas.blend(SIMD3(200, 100, 55), opacity: 0.25, x: 0, y: 0)
    #expect(canvas[0, 0] == SIMD3(125, 25, 205))
    #expect(canvas.picture.pixels == [125, 25, 205])
  }

  @Test func picturesArePutWhereTheyFit() {
    var canvas = Canvas(width: 3, height: 2, colour: black)
    canvas.put(Picture(width: 2, height: 2, pixels: [UInt8](repeating: 255, count: 12)), x: 2, y: -1)
    #expect(text(canvas) == ["..#", "..."])
  }

  @Test func letters() {
    func written(_ text: String, scale: Int = 1) -> [String] {
      var canvas = Canvas(width: 6 * text.count * scale, height: 7 * scale, colour: black)
      canvas.write(text, x: 0, y: 0, scale: scale, white)
      return self.text(canvas)
    }
    #expect(
      written("L1") == [
        "#.......#...", "#......##...", "#.......#...", "#.......#...", "#.......#...", "#.......#...",
        "#####..###..",
      ])
    #expect(written("l") == written("L") && written("é") == written("E"))
    #expect(written("鳥") == written("\u{1F426}"), "letters there are none of are a box")
    let capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:-+/()%'?!&=#*_"
    #expect(Set(capitals.map { written(String($0)) }).count == capitals.count)
    #expect(!capitals.contains { written(String($0)) == written("鳥") })
    #expect(written("T", scale: 2)[0] == "##########..")
  }
}

@Suite struct HeatColoursTests {
  @Test func moreIsLighter() {
    let lightness = (0...400).map { step -> Float in
      let colour = SIMD3<Float>(HeatColours.colour(Float(step) / 400))
      return 0.2126 * colour.x + 0.7152 * colour.y + 0.0722 * colour.z
    }
    #expect(lightness[0] < 20 && lightness[400] > 230)
    #expect(zip(lightness, lightness.dropFirst()).allSatisfy { $1 >= $0 - 0.8 })
    #expect(zip(lightness, lightness.dropFirst(20)).allSatisfy { $1 > $0 + 3 })
  }

  @Test func whatLiesOutsideHasTheColourOfTheEnd() {
    let (first, last) = (HeatColours.colour(0), HeatColours.colour(1))
    #expect(HeatColours.colour(-3) == first && HeatColours.colour(.nan) == first)
    #expect(HeatColours.colour(7) == last && HeatColours.colour(.infinity) == last)
  }
}
