import Testing

@testable import LinnetPipeline

@Suite struct ShotSelectionTests {
  private static let second: UInt64 = 1_000_000_000
  private static let left = [UInt8](repeating: 200, count: 50) + [UInt8](repeating: 50, count: 50)
  private static let right = [UInt8](left.reversed())

  @Test func keepsWhatDiffers() {
    var selection = ShotSelection()
    #expect(selection.judge(Self.left, fault: nil, at: 0) == .kept)
    #expect(selection.judge(Self.right, fault: nil, at: 1) == .tooSoon)
    #expect(selection.judge(Self.left, fault: nil, at: Self.second) == .tooAlike)
    #expect(selection.judge(Self.left.map { $0 + 40 }, fault: nil, at: 2 * Self.second) == .tooAlike)
    #expect(selection.judge(Self.right, fault: nil, at: 3 * Self.second) == .kept)
    #expect(selection.judge(Self.left, fault: nil, at: 4 * Self.second) == .tooAlike)
    #expect(selection.count == 2)
  }

  @Test(arguments: [ShotSelection.Fault.dark, .blurred])
  func waitsForABetterOneForAWhile(_ fault: ShotSelection.Fault) {
    var selection = ShotSelection()
    #expect(selection.judge(Self.left, fault: fault, at: 0) == .waiting(fault))
    #expect(selection.judge(Self.left, fault: fault, at: Self.second) == .waiting(fault))
    #expect(selection.judge(Self.left, fault: fault, at: 2 * Self.second) == .keptThough(fault))
    // The patience begins anew for every shot.
    #expect(selection.judge(Self.right, fault: fault, at: 3 * Self.second) == .waiting(fault))
    #expect(selection.judge(Self.right, fault: nil, at: 4 * Self.second) == .kept)
  }

  @Test func whatWasTakenBackCanBeKeptAgain() {
    var selection = ShotSelection()
    #expect(selection.judge(Self.left, fault: nil, at: 0) == .kept)
    selection.forgetLast()
    #expect(selection.judge(Self.left, fault: nil, at: Self.second) == .kept)
    #expect(selection.count == 1)
  }
}
