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
    #expect(written("l") == written("L"))
    #expect(written("鳥") == written("\u{1F426}"), "letters there are none of are a box")
    let capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:-+/()%'?!&=#*_"
    #expect(Set(capitals.map { written(String($0)) }).count == capitals.count)
    #expect(!capitals.contains { written(String($0)) == written("鳥") })
    #expect(written("T", scale: 2)[0] == "##########..")
  }
}

@Suite struct PixelLettersTests {
  /// What is drawn, with room for accents above and beneath.
  private func written(_ text: String, letters: Int = 1) -> [String] {
    let white = SIMD3<UInt8>(255, 255, 255)
    var canvas = Canvas(width: 6 * letters, height: 13, colour: SIMD3(0, 0, 0))
    canvas.write(text, x: 0, y: 3, scale: 1, white)
    return (0..<13).map { y in (0..<6 * letters).map { canvas[$0, y] == white ? "#" : "." }.joined() }
  }

  @Test func accentsStandAboveAndBeneathTheirLetter() {
    let plain = written("E")
    for text in ["é", "è", "ê", "ë", "ē", "ė", "ě", "Ĕ"] {
      let rows = written(text)
      #expect(rows[3...] == plain[3...] && rows[..<3] != plain[..<3], "\(text)")
    }
    #expect(written("é")[..<3] == ["...#..", "..#...", "......"])
    #expect(written("ç")[..<10] == written("C")[..<10] && written("ç")[10...] != written("C")[10...])
    #expect(Set("áàâãäåāăąA".map { written(String($0)) }).count == 10)
    #expect(written("ő") != written("ö") && written("Š") == written("š") && written("ÿ") == written("Ÿ"))
    #expect(written("e\u{301}") == written("é"), "the accent may be a character of its own")
  }

  /// Latin-1 and Latin Extended-A.
  @Test func everyEuropeanLatinLetterIsDrawn() throws {
    for value in 0xC0...0x17F {
      let scalar = try #require(Unicode.Scalar(UInt32(value)))
      #expect(PixelLetters.draws(String(Character(scalar))), "\(scalar)")
    }
    for (text, plain) in [("ł", "L"), ("ø", "O"), ("đ", "D"), ("ı", "I")] {
      #expect(written(text) == written(plain), "\(text)")
    }
    for (text, plain) in [("ß", "SS"), ("Æ", "AE"), ("œ", "OE"), ("þ", "TH")] {
      #expect(written(text, letters: 2) == written(plain, letters: 2) && PixelLetters.count(of: text) == 2)
    }
  }

  @Test(arguments: ["鳥", "ж", "🧀", "👩‍👧", "e\u{335}", "\u{335}"])
  func whatThereIsNoLetterForIsABox(text: String) {
    #expect(!PixelLetters.draws(text) && written(text) == written("鳥"))
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
