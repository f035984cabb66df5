import LinnetImage
import Testing

@testable import LinnetInsight

@Suite struct HeatMapTests {
  @Test func sharedOutAmongOtherPartsTheSumStays() {
    let map = HeatMap(rows: 2, columns: 3, values: [1, -2, 3, 0.5, 4, -1])
    let part = Region(x: 40, y: 10, width: 90, height: 60)
    #expect(map.shared(from: part, to: part, rows: 2, columns: 3) == map)
    let around = Region(x: 0, y: 0, width: 200, height: 100)
    let wide = map.shared(from: part, to: around, rows: 10, columns: 20)
    #expect(abs(wide.values.reduce(0, +) - map.values.reduce(0, +)) < 1e-4)
    // A part of 10 × 10 pixels of the third of 30 × 30 that has 3, and one outside.
    #expect(abs(wide[1, 10] - 3 / 9) < 1e-6 && wide[0, 10] == 0 && wide[1, 3] == 0)
    let inside = map.shared(
      from: part, to: Region(x: 70, y: 10, width: 30, height: 30), rows: 1, columns: 2)
    #expect(abs(inside[0, 0] + 1) < 1e-6 && abs(inside[0, 1] + 1) < 1e-6)
  }

  @Test func resamplingKeepsWhatIsEven() {
    let flat = HeatMap(rows: 3, columns: 2, values: [Float](repeating: 0.75, count: 6))
    #expect(flat.resampled(rows: 20, columns: 7).values.allSatisfy { abs($0 - 0.75) < 1e-6 })
    let slope = HeatMap(rows: 1, columns: 8, values: (0..<8).map(Float.init)).resampled(rows: 4, columns: 80)
    for column in 20..<60 {
      let expected = (Float(column) + 0.5) / 10 - 0.5
      #expect((0..<4).allSatisfy { abs(slope[$0, column] - expected) < 1e-4 })
    }
  }

  @Test func resamplingGoesThroughTheMiddles() {
    let values: [Float] = [1, 5, 2, 8, 3, 0]
    let fine = HeatMap(rows: 2, columns: 3, values: values).resampled(rows: 6, columns: 9)
    for row in 0..<2 {
      for column in 0..<3 {
        #expect(abs(fine[3 * row + 1, 3 * column + 1] - values[3 * row + column]) < 1e-5)
      }
    }
  }

  @Test func sharesAreOfTheGreatest() {
    let map = HeatMap(rows: 1, columns: 4, values: [-2, 1, 4, 0])
    #expect(map.peak == 4 && map.shares.values == [0, 0.25, 1, 0])
    #expect(HeatMap(rows: 1, columns: 2, values: [-2, -1]).shares.values == [0, 0])
  }

  @Test func spotsAreConnectedByEdges() {
    let map = HeatMap(
      rows: 4, columns: 5,
      values: [
        0.6, 0.6, 0, 0, 0.7,
        0, 0.5, 0, 0, 0.7,
        0, 0, 1.0, 0, 0,
        0, 0, 0.9, 0.8, 0,
      ])
    let spots = map.spots(from: 0.5)
    #expect(
      spots == [
        HeatSpot(rows: 2..<4, columns: 2..<4, peak: 1, area: 3),
        HeatSpot(rows: 0..<2, columns: 4..<5, peak: 0.7, area: 2),
        HeatSpot(rows: 0..<2, columns: 0..<2, peak: 0.6, area: 3),
      ])
    #expect(map.spots(from: 2).isEmpty)
    #expect(map.spots(from: 0).map(\.area) == [20])
  }
}
