import LinnetImage
import LinnetSafetensors
import LinnetStore
import Testing

@Suite struct ExplainTests {
  private let photograph = repository + "/toolchain/demo-pictures/photograph.jpg"

  @Test func drawsAndTells() throws {
    let work = Workplace()
    let (drawing, mask) = (work.folder + "/why.png", work.folder + "/mask.png")
    let outcome = try work.run("explain", photograph, "-o", drawing, "--boxes", "--mask", mask, "--json")
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let line = try outcome.json()[0]
    #expect(
      keys(line) == [
        "picture", "width", "height", "label", "class", "confidence", "method", "part", "boxes", "map",
        "output",
        "mask",
      ])
    #expect(line["label"]?.string == "espresso" && line["class"] == line["label"])
    #expect(keys(line["part"]!) == ["x", "y", "width", "height"])
    #expect(keys(line["boxes"]!.array![0]) == ["x", "y", "width", "height", "strength"])
    #expect(line["map"]?.array?.count == 7 && line["map"]?.array?[0].array?.count == 7)
    let drawn = try PictureHeader.read(try File.read(drawing))
    #expect(drawn.width == 480 && drawn.height > 320)
    let masked = try Picture.decode(try File.read(mask))
    #expect(masked.width == 480 && masked.height == 320 && Set(masked.pixels) == [0, 255])
    let text = try work.run("explain", photograph)
    #expect(text.output.hasPrefix("espresso") && text.output.contains("pixels at"))
    #expect(try work.run("explain", photograph, "--class", "cup").output.contains("the answer is espresso"))
  }

  @Test func mistakesAreSaid() throws {
    let work = Workplace()
    let noClass = try work.run("explain", photograph, "--class", "zebra crossing guard")
    #expect(noClass.status == 66 && noClass.errors.contains("has no class"))
    #expect(try work.run("explain", photograph, "--threshold", "0").status == 64)
    #expect(try work.run("explain", photograph, "--boxes").status == 64)
    #expect(try work.run("explain", photograph, "--method", "magic").status == 64)
    #expect(try work.run("explain", work.folder + "/none.jpg").status == 66)
    let broken = try work.write([1, 2, 3], "broken.jpg")
    let outcome = try work.run("explain", broken)
    #expect(outcome.status == 1 && outcome.errors.contains("broken.jpg"))
    let unwritable = try work.run("explain", photograph, "-o", work.folder + "/no/such/why.png")
    #expect(unwritable.status == 74 || unwritable.status == 66)
  }
}
