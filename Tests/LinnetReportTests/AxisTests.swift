import LinnetReport
import Testing

@Suite struct AxisTests {
  @Test(arguments: [
    (0.0...1.0, 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    (0.62...0.88, 5, ["0.60", "0.65", "0.70", "0.75", "0.80", "0.85", "0.90"]),
    (0...0.003, 3, ["0.000", "0.001", "0.002", "0.003"]),
    (-3...17, 4, ["−5", "0", "5", "10", "15", "20"]),
    (0...1234, 5, ["0", "200", "400", "600", "800", "1000", "1200", "1400"]),
  ])
  func ticksAreRound(range: ClosedRange<Double>, count: Int, labels: [String]) {
    let axis = Axis("x", range, ticks: count)
    #expect(axis.ticks.map(\.label) == labels)
    #expect(axis.range.lowerBound <= range.lowerBound && axis.range.upperBound >= range.upperBound)
  }

  @Test func exactAxesKeepTheirEnds() {
    let axis = Axis("x", 0.13...0.97, isExact: true)
    #expect(axis.range == 0.13...0.97)
    #expect(axis.ticks.map(\.label) == ["0.2", "0.4", "0.6", "0.8"])
  }

  @Test(arguments: [0.0...0.0, -Double.infinity...3, 5...5])
  func aPointIsWidened(range: ClosedRange<Double>) {
    let axis = Axis("x", range)
    #expect(axis.range.upperBound > axis.range.lowerBound && axis.range.upperBound.isFinite)
    #expect(!axis.ticks.isEmpty)
  }

  @Test func logarithmicAxes() {
    let axis = Axis("shots", logarithmic: [10, 1, 2.5])
    #expect(axis.range == 1...10)
    #expect(axis.ticks.map(\.label) == ["1", "2.5", "10"])
    #expect(Axis("shots", logarithmic: [4]).range == 2...8)
  }
}
