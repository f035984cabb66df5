import LinnetTensor
import Testing

@testable import LinnetImage

@Suite struct FrameViewTests {
  private static let picture = sample(width: 7, height: 4)

  @Test(arguments: Orientation.allCases, Orientation.allCases)
  func oneAfterAnotherIsOne(first: Orientation, second: Orientation) {
    let both = Self.picture.turned(first).turned(second)
    #expect(Self.picture.turned(first.followed(by: second)) == both)
  }

  @Test func aQuarterTurnsClockwise() {
    let turned = Self.picture.turned(FrameView(rotation: .quarter).orientation(of: .upright))
    #expect(turned.width == 4 && turned.height == 7)
    let bottomLeft = Array(Self.picture.pixels[(3 * 7 * 3)..<(3 * 7 * 3 + 3)])
    #expect(Array(turned.pixels[..<3]) == bottomLeft)
  }

  @Test func fourQuartersAndTwoMirrorsAreNone() {
    var orientation = Orientation.upright
    for _ in 0..<4 { orientation = orientation.followed(by: .rotatedLeft) }
    #expect(orientation == .upright)
    #expect(FrameView(rotation: .half).orientation(of: .rotatedHalf) == .upright)
    #expect(FrameView(isMirrored: true).orientation(of: .flippedHorizontally) == .upright)
  }

  @Test(arguments: [
    ("0,0,640,480", Region(x: 0, y: 0, width: 640, height: 480)),
    ("600,10,100,20", Region(x: 600, y: 10, width: 40, height: 20)),
    ("25%,0%,50%,100%", Region(x: 160, y: 0, width: 320, height: 480)),
    ("12.5%,50%,100%,60%", Region(x: 80, y: 240, width: 560, height: 240)),
    ("1,2,9223372036854775807,9223372036854775807", Region(x: 1, y: 2, width: 639, height: 478)),
  ])
  func aCropIsCutAtTheEdges(text: String, region: Region) throws {
    let crop = try #require(FrameCrop(text))
    #expect(crop.region(width: 640, height: 480) == region)
  }

  @Test(arguments: [
    "", "1,2,3", "1,2,3,4,5", "1,2,0,4", "1%,2,3,4", "-1,0,5,5", "a,b,c,d", "0%,0%,101%,5%", "nan%,0%,5%,5%",
  ])
  func anythingElseIsNoCrop(text: String) {
    #expect(FrameCrop(text) == nil)
  }

  @Test func aCropThatLeavesNothingIsSaid() throws {
    let view = FrameView(crop: FrameCrop("640,0,10,10"))
    #expect(throws: PictureError.unsupported("the crop 640,0,10,10 leaves nothing of 640 × 480 pixels")) {
      try view.part(of: InputTransformTests.preprocessing(side: 8), width: 640, height: 480)
    }
  }

  @Test func theRecipeIsTakenInsideTheCrop() throws {
    let view = FrameView(crop: FrameCrop("100,50,200,80"))
    let part = try view.part(of: InputTransformTests.preprocessing(side: 8), width: 640, height: 480)
    #expect(part == Region(x: 165, y: 55, width: 70, height: 70))
  }
}
