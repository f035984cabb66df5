import Testing

@testable import LinnetPipeline

@Suite struct DurationHistogramTests {
  @Test func quantilesAreRightToAnEighth() throws {
    var histogram = DurationHistogram()
    for microseconds in 1...1000 { histogram.add(nanoseconds: UInt64(microseconds) * 1000) }
    #expect(histogram.total == 1000)
    for (quantile, milliseconds) in [(0.5, 0.5), (0.99, 0.99), (1, 1)] {
      let value = try #require(histogram.milliseconds(quantile: quantile))
      #expect(milliseconds...milliseconds * 1.125 ~= value, "\(quantile): \(value)")
    }
  }

  @Test func ofNoneThereIsNoQuantile() { #expect(DurationHistogram().milliseconds(quantile: 0.5) == nil) }

  @Test(arguments: [0, 1, 7, 8, 9, 15, 16, 17, 1 << 20, .max] as [UInt64])
  func everyDurationHasAPlace(_ nanoseconds: UInt64) throws {
    var histogram = DurationHistogram()
    histogram.add(nanoseconds: nanoseconds)
    let value = try #require(histogram.milliseconds(quantile: 1)) * 1e6
    if nanoseconds < 1 << 48 { #expect(Double(nanoseconds)...Double(nanoseconds) * 1.125 + 1 ~= value) }
  }
}
