internal import LinnetAlgebra

/// What ties embeddings to descriptions, learned from classes with pictures.
///
/// Embeddings are centred; every class counts the same however many pictures it has. All penalties are in units of the mean
/// square that they stand beside, 1: with the float and int8 embeddings of eight sets neither half nor twice as much
/// made a difference.
struct DescriptionMap {
  private let signatures: Signatures
  private let method: DescriptionMethod
  /// What an embedding is compared with is centre + a combination of these rows.
  private let centre: Matrix
  /// `reverse`: a row a seen class, the centred mean of its pictures; otherwise a row a column of the descriptions.
  private let directions: Matrix
  /// From the description of any class to its combination of ``directions``, a row a direction.
  private let combination: Matrix

  /// - Parameters:
  ///   - embeddings: treated; their order does not matter but to the last bits.
  ///   - descriptions: a row a class of `classOf`.
  /// `nil` where the descriptions of all classes are the same.
  init?(
    _ embeddings: Matrix, classOf: [Int], descriptions: [[Float?]], method: DescriptionMethod
  ) {
    guard let signatures = Signatures(seen: descriptions, method: method) else { return nil }
    let seen = signatures.matrix(of: descriptions)
    let means = classMeans(embeddings, classOf: classOf, classCount: descriptions.count)
    let centre = columnMeans(means)
    self.signatures = signatures
    self.method = method
    self.centre = centre
    switch method {
    case .reverse:
      directions = means.subtracting(centre)
      let gram = seen.timesTransposed(seen, isSymmetric: true)
      combination = LinearMetric(gram.penalised()).solving(seen.transposed).transposed
    case .bilinear, .forward, .attributes:
      // Rows weighted with the root of the class's weight: balanced least squares.
      let counts = classOf.reduce(into: [Int](repeating: 0, count: descriptions.count)) { $0[$1] += 1 }
      let weights = classOf.map {
        (Float(classOf.count) / Float(descriptions.count * counts[$0])).squareRoot()
      }
      let rows = embeddings.subtracting(centre).scalingRows(by: weights)
      let wanted = DescriptionMap.targets(seen, classOf: classOf, method: method).scalingRows(by: weights)
      directions = DescriptionMap.regression(of: wanted, on: rows)
      if method == .bilinear {
        let scatter = seen.transposed.timesTransposed(seen.transposed, isSymmetric: true)
        combination = LinearMetric(scatter.penalised()).solving(.identity(scatter.rows))
      } else {
        combination = .identity(seen.columns)
      }
    }
  }

  /// A linear function of embeddings a class; scores above zero speak for the class.
  func classifier(for descriptions: [[Float?]]) -> LinearClassifier {
    // A row a class, a column a direction.
    let parts = signatures.matrix(of: descriptions).timesTransposed(combination)
    var weights = parts.timesTransposed(directions.transposed)
    if method == .reverse { weights = weights.normalisedRows }
    return LinearClassifier(centred: weights, centre: centre)
  }

  /// The classifier of the seen classes from their own pictures, on the scale of ``classifier(for:)``; only `reverse` has one
  /// that is better than that of their descriptions.
  func seenClassifier(_ descriptions: [[Float?]]) -> LinearClassifier {
    guard method == .reverse else { return classifier(for: descriptions) }
    return LinearClassifier(centred: directions.normalisedRows, centre: centre)
  }

  /// What every picture should be mapped to: the description of its class, or for `attributes` ± 1 with both answers
  /// of an attribute counting the same, and 0 where it is not known.
  private static func targets(_ seen: Matrix, classOf: [Int], method: DescriptionMethod) -> Matrix {
    var wanted = Matrix(rows: classOf.count, columns: seen.columns)
    for column in 0..<seen.columns {
      let values = (0..<seen.rows).map { seen[$0, column] }
      let most = values.reduce(0) { $0 + max($1, 0) }
      let least = values.reduce(0) { $0 + max(-$1, 0) }
      for (row, place) in classOf.enumerated() {
        let value = values[place]
        wanted[row, column] =
          method != .attributes
          ? value : value == 0 ? 0 : value / (value > 0 ? most : least) * Float(seen.rows)
      }
    }
    return wanted
  }

  /// Ridge regression of the columns of `wanted` on `rows`: a row a column, by the smaller of the two systems.
  private static func regression(of wanted: Matrix, on rows: Matrix) -> Matrix {
    let columns = rows.transposed
    if rows.rows <= rows.columns {
      let gram = rows.timesTransposed(rows, isSymmetric: true)
      return LinearMetric(gram.penalised()).solving(wanted.transposed).timesTransposed(columns)
    }
    let scatter = columns.timesTransposed(columns, isSymmetric: true)
    let penalty = scatter.trace / Float(rows.rows)
    return LinearMetric(scatter.addingToDiagonal(penalty)).solving(wanted.transposed.timesTransposed(columns))
  }
}

/// The mean of every class's rows.
private func classMeans(_ embeddings: Matrix, classOf: [Int], classCount: Int) -> Matrix {
  var means = Matrix(rows: classCount, columns: embeddings.columns)
  var counts = [Int](repeating: 0, count: classCount)
  for (row, place) in classOf.enumerated() {
    means.add(1, embeddings, row: row, to: place)
    counts[place] += 1
  }
  return means.scalingRows(by: counts.map { 1 / Float(max($0, 1)) })
}

/// One row.
private func columnMeans(_ matrix: Matrix) -> Matrix {
  var mean = Matrix(rows: 1, columns: matrix.columns)
  for row in 0..<matrix.rows { mean.add(1, matrix, row: row, to: 0) }
  mean.scale(1 / Float(max(matrix.rows, 1)))
  return mean
}

extension LinearClassifier {
  /// `weights · (embedding − centre)`.
  fileprivate init(centred weights: Matrix, centre: Matrix) {
    self.init(
      weights: .float(weights), bias: (0..<weights.rows).map { -weights.dot(row: $0, centre, row: 0) })
  }
}

extension LinearMetric {
  /// The inverse of the matrix times every row, a row each.
  func solving(_ rows: Matrix) -> Matrix { unwhitened(whitened(rows)) }
}

extension Matrix {
  static func identity(_ count: Int) -> Matrix {
    Matrix(rows: count, columns: count).addingToDiagonal(1)
  }

  var trace: Float { (0..<rows).reduce(0) { $0 + self[$1, $1] } }

  func addingToDiagonal(_ value: Float) -> Matrix {
    var result = self
    for place in 0..<rows { result[place, place] += value }
    return result
  }

  /// With the mean of the diagonal added to it.
  fileprivate func penalised() -> Matrix { addingToDiagonal(max(trace / Float(rows), 1e-20)) }

  fileprivate func subtracting(_ row: Matrix) -> Matrix {
    var result = self
    for place in 0..<rows { result.add(-1, row, row: 0, to: place) }
    return result
  }

  fileprivate func scalingRows(by factors: [Float]) -> Matrix {
    var result = Matrix(rows: rows, columns: columns)
    for (row, factor) in factors.enumerated() { result.add(factor, self, row: row, to: row) }
    return result
  }
}
