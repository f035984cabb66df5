import Testing

@testable import LinnetPipeline

@Suite struct MotionGateTests {
  /// A hundred parts of luma 100, the first `changed` of them brighter by `step`, all by `light`.
  private static func picture(_ changed: Int, step: Int = 60, light: Int = 0) -> [UInt8] {
    (0..<100).map { UInt8(100 + light + ($0 < changed ? step : 0)) }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var frames: [[UInt8]]
    var isMoving: [Bool]
  }

  @Test(arguments: [
    Case(
      testDescription: "nothing changes", frames: [picture(0), picture(0), picture(0)],
      isMoving: [false, false, false]),
    Case(
      testDescription: "little changes", frames: [picture(0), picture(14), picture(0)],
      isMoving: [false, false, false]),
    Case(
      testDescription: "much changes, then two calm frames",
      frames: [picture(0), picture(30), picture(30), picture(30)], isMoving: [false, true, true, false]),
    Case(
      testDescription: "a little change does not calm what moves",
      frames: [picture(0), picture(30), picture(40), picture(30), picture(30), picture(30)],
      isMoving: [false, true, true, true, true, false]),
    Case(
      testDescription: "a lamp moves nothing", frames: [picture(0), picture(0, light: 50), picture(0)],
      isMoving: [false, false, false]),
    Case(
      testDescription: "noise moves nothing",
      frames: [picture(50, step: 6), picture(0), picture(50, step: 6)],
      isMoving: [false, false, false]),
    Case(
      testDescription: "another number of parts begins anew",
      frames: [picture(0), picture(30), [1, 2, 3], [1, 2, 3]], isMoving: [false, true, false, false]),
  ])
  func follows(_ each: Case) {
    var gate = MotionGate()
    let isMoving = each.frames.map { gate.observe($0) }
    #expect(isMoving == each.isMoving)
  }

  @Test func anOpenGateLetsEverythingPass() {
    var gate = MotionGate(.open)
    let isMoving = [Self.picture(0), Self.picture(90), Self.picture(0)].map { gate.observe($0) }
    #expect(isMoving == [false, false, false])
  }

  @Test func forgetsWhatCameBefore() {
    var gate = MotionGate()
    _ = gate.observe(Self.picture(0))
    gate.forget()
    let isMoving = gate.observe(Self.picture(90))
    #expect(!isMoving)
  }
}
