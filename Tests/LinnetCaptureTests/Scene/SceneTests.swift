import Testing

@testable import LinnetCapture

@Suite struct SceneTests {
  /// Two photographs: one red, one blue.
  private static func renderer(seed: UInt64) -> SceneRenderer {
    let objects = [("red", [UInt8(220), 20, 20]), ("blue", [20, 20, 220])].map { label, colour in
      SceneObject(label: label, width: 40, height: 30, pixels: (0..<1200).flatMap { _ in colour })
    }
    return SceneRenderer(objects: objects, width: 96, height: 64, seed: seed)
  }

  @Test func aFrameDependsOnSeedAndNumberAlone() {
    let (one, other) = (Self.renderer(seed: 7), Self.renderer(seed: 7))
    #expect(one.render(100) == other.render(100))
    #expect(one.render(100) != one.render(101))
    #expect(one.render(100) != Self.renderer(seed: 8).render(100))
    #expect(one.render(3).count == 3 * 96 * 64)
  }

  /// The middle of an object's time, when it is in the middle of the picture, has its colour there.
  @Test(arguments: 0..<8)
  func showsItsObject(_ turn: Int) {
    let renderer = Self.renderer(seed: 3)
    let frame = turn * ScenePose.framesPerObject + ScenePose.framesPerObject / 2
    let pixels = renderer.render(frame)
    let middle = 3 * (32 * 96 + 48)
    let isRed = pixels[middle] > pixels[middle + 2]
    #expect(renderer.object(of: frame).label == (isRed ? "red" : "blue"))
  }

  @Test func objectsTakeTurns() {
    let order = (0..<12).map { ScenePose.object(ofTurn: $0, seed: 11, objects: 4) }
    #expect(Set(order[..<4]) == [0, 1, 2, 3])
    #expect(order[..<4] == order[4..<8] && order[..<4] == order[8...])
  }

  @Test func wavesBetweenOneAndMinusOne() {
    #expect([0, 0.25, 0.5, 0.75, 1, -0.5].map(ScenePose.wave) == [-1, 0, 1, 0, -1, 1])
  }

  @Test func theInverseTakesTheMiddleToTheMiddle() throws {
    let renderer = Self.renderer(seed: 3)
    let pose = ScenePose(frame: 30, seed: 3, objects: 2)
    let columns = try #require(pose.inverse(width: 96, height: 64, object: renderer.objects[0]))
    let point = SIMD3(48 + 64 * pose.middle.x, 32 + 64 * pose.middle.y, 1)
    let mapped = columns.0 * point.x + columns.1 * point.y + columns.2
    #expect(abs(mapped.x / mapped.z) < 1e-4 && abs(mapped.y / mapped.z) < 1e-4)
  }
}
