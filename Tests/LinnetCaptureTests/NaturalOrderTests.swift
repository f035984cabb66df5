import Testing

@testable import LinnetCapture

@Suite struct NaturalOrderTests {
  @Test(arguments: [
    ["a", "b"], ["a", "aa"], ["frame-2.jpg", "frame-10.jpg"], ["frame-9", "frame-09"], ["1", "a"],
    ["x1y2", "x1y10"], ["x1y10", "x2y1"], ["", "a"],
    ["f99999999999999999999998", "f99999999999999999999999"],
  ])
  func orders(_ pair: [String]) {
    #expect(naturallyPrecedes(pair[0], pair[1]))
    #expect(!naturallyPrecedes(pair[1], pair[0]))
    #expect(!naturallyPrecedes(pair[0], pair[0]))
  }
}
