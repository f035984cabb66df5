internal import LinnetImage

/// A number for each part of what a network saw, in rows from the top.
public struct HeatMap: Hashable, Sendable {
  public let rows: Int
  public let columns: Int
  /// `rows · columns` numbers: how much the part speaks for a class, below zero against it.
  public let values: [Float]

  /// - Precondition: both extents are at least 1 and `values` has `rows · columns` elements.
  public init(rows: Int, columns: Int, values: [Float]) {
    precondition(rows >= 1 && columns >= 1 && values.count == rows * columns, "values do not fill the map")
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }

  public subscript(row: Int, column: Int) -> Float { values[row * columns + column] }

  /// The greatest value, at least zero.
  public var peak: Float { values.reduce(0) { max($0, $1) } }

  /// Every value divided by the peak, what speaks against left out; zeros where nothing speaks for the class.
  public var shares: HeatMap {
    let peak = peak
    return HeatMap(
      rows: rows, columns: columns,
      values: values.map { peak > 0 && $0 > 0 ? $0 / peak : 0 })
  }

  /// The map at other extents: cubic convolution (Keys, "Cubic convolution interpolation for digital image
  /// processing", 1981) between the middles of the parts.
  public func resampled(rows newRows: Int, columns newColumns: Int) -> HeatMap {
    let across = HeatMap.taps(from: columns, to: newColumns)
    let down = HeatMap.taps(from: rows, to: newRows)
    var wide = [Float](repeating: 0, count: rows * newColumns)
    for row in 0..<rows {
      for (column, tap) in across.enumerated() {
        var sum: Float = 0
        for k in 0..<4 { sum += tap.weights[k] * values[row * columns + tap.places[k]] }
        wide[row * newColumns + column] = sum
      }
    }
    var result = [Float](repeating: 0, count: newRows * newColumns)
    for (row, tap) in down.enumerated() {
      for k in 0..<4 {
        let from = tap.places[k] * newColumns
        for column in 0..<newColumns {
          result[row * newColumns + column] += tap.weights[k] * wide[from + column]
        }
      }
    }
    return HeatMap(rows: newRows, columns: newColumns, values: result)
  }

  /// The map of one part of a picture as a map of another, what lies outside of it left out. Every value is shared out
  /// among the new parts by how much of its own they cover, so that inside the sum stays.
  func shared(from part: Region, to other: Region, rows newRows: Int, columns newColumns: Int) -> HeatMap {
    let down = HeatMap.overlaps(
      (Float(part.y), Float(part.height), rows), (Float(other.y), Float(other.height), newRows))
    let across = HeatMap.overlaps(
      (Float(part.x), Float(part.width), columns), (Float(other.x), Float(other.width), newColumns))
    var result = [Float](repeating: 0, count: newRows * newColumns)
    for row in 0..<rows {
      for column in 0..<columns {
        for (newRow, height) in down[row].enumerated() where height > 0 {
          for (newColumn, width) in across[column].enumerated() {
            result[newRow * newColumns + newColumn] += height * width * self[row, column]
          }
        }
      }
    }
    return HeatMap(rows: newRows, columns: newColumns, values: result)
  }

  /// For each of the first one's equal parts, the shares of it that lie in each of the second one's.
  private static func overlaps(
    _ one: (start: Float, length: Float, count: Int), _ other: (start: Float, length: Float, count: Int)
  ) -> [[Float]] {
    (0..<one.count).map { place in
      let step = one.length / Float(one.count)
      let first = one.start + Float(place) * step
      return (0..<other.count).map { part in
        let width = other.length / Float(other.count)
        let start = other.start + Float(part) * width
        return max(0, min(first + step, start + width) - max(first, start)) / step
      }
    }
  }

  private struct Taps {
    var places: SIMD4<Int>
    var weights: SIMD4<Float>
  }

  /// The four neighbours of each new place along one axis; beyond the border its value goes on.
  private static func taps(from count: Int, to newCount: Int) -> [Taps] {
    (0..<newCount).map { place in
      let centre = (Float(place) + 0.5) * Float(count) / Float(newCount) - 0.5
      let first = Int(centre.rounded(.down))
      let t = centre - Float(first)
      let (t2, t3) = (t * t, t * t * t)
      var places = SIMD4<Int>()
      for k in 0..<4 { places[k] = min(count - 1, max(0, first - 1 + k)) }
      return Taps(
        places: places,
        weights: SIMD4(
          -0.5 * t + t2 - 0.5 * t3, 1 - 2.5 * t2 + 1.5 * t3, 0.5 * t + 2 * t2 - 1.5 * t3,
          0.5 * t3 - 0.5 * t2))
    }
  }
}

/// A connected part of a heat map.
public struct HeatSpot: Hashable, Sendable {
  /// The tight rectangle around it, in rows and columns of the map.
  public var rows: Range<Int>
  public var columns: Range<Int>
  /// The greatest value in it.
  public var peak: Float
  /// Parts of the map that belong to it.
  public var area: Int

  public init(rows: Range<Int>, columns: Range<Int>, peak: Float, area: Int) {
    (self.rows, self.columns, self.peak, self.area) = (rows, columns, peak, area)
  }
}

extension HeatMap {
  /// The connected parts (by edges) where the value is at least `threshold`, the one with the greatest value first.
  public func spots(from threshold: Float) -> [HeatSpot] {
    var isSeen = [Bool](repeating: false, count: values.count)
    var result: [HeatSpot] = []
    for start in values.indices where values[start] >= threshold && !isSeen[start] {
      var spot = HeatSpot(
        rows: start / columns..<start / columns + 1, columns: start % columns..<start % columns + 1,
        peak: values[start], area: 0)
      var open = [start]
      isSeen[start] = true
      while let place = open.popLast() {
        let (row, column) = (place / columns, place % columns)
        spot.rows = min(spot.rows.lowerBound, row)..<max(spot.rows.upperBound, row + 1)
        spot.columns = min(spot.columns.lowerBound, column)..<max(spot.columns.upperBound, column + 1)
        spot.peak = max(spot.peak, values[place])
        spot.area += 1
        func visit(_ next: Int) {
          guard values[next] >= threshold, !isSeen[next] else { return }
          isSeen[next] = true
          open.append(next)
        }
        if row > 0 { visit(place - columns) }
        if row + 1 < rows { visit(place + columns) }
        if column > 0 { visit(place - 1) }
        if column + 1 < columns { visit(place + 1) }
      }
      result.append(spot)
    }
    return result.enumerated().sorted { (-$0.element.peak, $0.offset) < (-$1.element.peak, $1.offset) }
      .map(\.element)
  }
}
