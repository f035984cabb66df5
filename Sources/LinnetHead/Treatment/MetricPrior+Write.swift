internal import LinnetAlgebra

extension MetricPrior {
  /// What applying a metric to a number of vectors at a time writes to.
  struct Workspace {
    private let prior: MetricPrior
    private var parts: [PartWorkspace]
    /// What the likeness reads of the vectors, and the roots of its probabilities.
    private var read: Matrix
    private var roots: Matrix

    init(_ prior: MetricPrior, count: Int) {
      self.prior = prior
      parts = prior.parts.map { PartWorkspace($0, count: count) }
      read = Matrix(rows: count, columns: prior.likeness?.width ?? 0)
      roots = Matrix(rows: count, columns: prior.likeness?.classCount ?? 0)
    }

    /// Writes the treated vectors, a row each, none longer than one; one that is zero or not finite becomes zero.
    ///
    /// - Parameter rows: as many vectors of `dimension` numbers as the result has rows.
    mutating func write(_ rows: [Float], dimension: Int, to result: inout Matrix) {
      let total = prior.totalWeight
      var place = 0
      for part in parts.indices {
        parts[part].take(rows, dimension: dimension)
        result.write(
          parts[part].treated, scaledBy: (prior.parts[part].weight / total).squareRoot(), fromColumn: place)
        place += prior.parts[part].range.count
      }
      if let likeness = prior.likeness {
        takeRoots(likeness, rows, dimension: dimension)
        result.write(roots, scaledBy: (likeness.weight / total).squareRoot(), fromColumn: place)
      }
      for row in 0..<result.rows where !Self.isUsable(rows[row * dimension..<(row + 1) * dimension]) {
        for column in 0..<result.columns { result[row, column] = 0 }
      }
    }

    private static func isUsable(_ vector: ArraySlice<Float>) -> Bool {
      vector.allSatisfy { $0.isFinite && abs($0) < 1e18 } && vector.contains { $0 != 0 }
    }

    /// The square roots of the probabilities of every class.
    private mutating func takeRoots(_ likeness: Likeness, _ rows: [Float], dimension: Int) {
      for row in 0..<read.rows {
        for column in 0..<read.columns { read[row, column] = rows[row * dimension + column] }
      }
      read.writeProduct(likeness.codes, scales: likeness.scales, to: &roots)
      for row in 0..<roots.rows {
        for column in 0..<roots.columns {
          roots[row, column] = Head.bounded(roots[row, column] + likeness.bias[column])
        }
        roots.softmax(row: row, temperature: 1)
        for column in 0..<roots.columns { roots[row, column] = roots[row, column].squareRoot() }
      }
    }
  }

  /// One part of vectors: as it comes, along its directions, and with these shortened.
  private struct PartWorkspace {
    private let part: Part
    private let centre: Matrix
    private let directions: Matrix
    private var along: Matrix
    private(set) var treated: Matrix

    init(_ part: Part, count: Int) {
      self.part = part
      centre = Matrix(rows: 1, columns: part.range.count, dense: part.centre)
      directions = Matrix(rows: part.rank, columns: part.range.count, dense: part.directions)
      along = Matrix(rows: count, columns: part.rank)
      treated = Matrix(rows: count, columns: part.range.count)
    }

    mutating func take(_ rows: [Float], dimension: Int) {
      for row in 0..<treated.rows {
        part.write(rows, place: row, dimension: dimension, to: &treated, row: row)
        treated.add(-1, centre, row: 0, to: row)
      }
      treated.writeTimesTransposed(directions, to: &along)
      for row in 0..<treated.rows {
        for (place, gain) in part.gains.enumerated() {
          treated.add((gain - 1) * along[row, place], directions, row: place, to: row)
        }
        treated.normalise(row: row)
      }
    }
  }
}

extension Matrix {
  /// Writes another matrix of as many rows, times a factor, from a column on.
  fileprivate mutating func write(_ other: Matrix, scaledBy factor: Float, fromColumn first: Int) {
    for row in 0..<rows {
      for column in 0..<other.columns { self[row, first + column] = factor * other[row, column] }
    }
  }
}
