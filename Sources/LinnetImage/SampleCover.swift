/// The whole samples of a row or column that cover an interval of pixels, where a number of samples stands for a number of
/// pixels.
struct SampleCover: Hashable, Sendable {
  /// The first of them.
  let start: Int
  let count: Int
  /// Where the interval lies, in samples after `start`.
  private(set) var from: Double
  private(set) var to: Double

  /// Covers `count` pixels after the first `first`, of which `pixels` have `samples` samples.
  init(of first: Int, _ count: Int, scale samples: Int, of pixels: Int) {
    let (low, high) = (first * samples, (first + count) * samples)
    start = low / pixels
    self.count = (high + pixels - 1) / pixels - start
    from = Double(low - pixels * start) / Double(pixels)
    to = Double(high - pixels * start) / Double(pixels)
  }

  /// All of `count` samples, and an interval inside them.
  init(count: Int, from: Double, to: Double) {
    start = 0
    self.count = count
    self.from = from
    self.to = to
  }

  /// Counts from the other end.
  mutating func reverse() { (from, to) = (Double(count) - to, Double(count) - from) }
}
