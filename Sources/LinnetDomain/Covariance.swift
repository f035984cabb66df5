internal import LinnetAlgebra

/// The principal directions of a few samples of many numbers, from their Gram matrix: as many as there are samples at most.
struct Covariance {
  /// A row a direction, of unit length, the greatest variance first.
  let directions: Matrix
  /// The variance along each.
  let variances: [Float]

  /// More samples are thinned out evenly.
  static let sampleLimit = 512

  /// - Parameter centred: a row a sample, of mean zero.
  init(_ centred: Matrix) {
    var samples = centred
    if samples.rows > Covariance.sampleLimit {
      let count = samples.rows
      samples = samples.selecting((0..<Covariance.sampleLimit).map { $0 * count / Covariance.sampleLimit })
    }
    let eigen = SymmetricEigen(samples.timesTransposed(samples, isSymmetric: true))
    let greatest = eigen.values.first ?? 0
    let kept = eigen.values.prefix { $0 > greatest * 1e-6 && $0 > 0 }.count
    let divisor = Double(max(samples.rows - 1, 1))
    variances = eigen.values.prefix(kept).map { Float($0 / divisor) }
    let columns = samples.transposed
    var directions = eigen.vectors.selecting(Array(0..<kept)).timesTransposed(columns)
    for row in 0..<kept {
      let factor = Float(1 / eigen.values[row].squareRoot())
      for column in 0..<directions.columns { directions[row, column] *= factor }
    }
    self.directions = directions
  }

  /// The rows times (covariance + `ridge`)^`±½`, `ridge` standing for all directions that the samples do not have.
  func transformed(_ rows: Matrix, ridge: Float, inverse: Bool) -> Matrix {
    func power(_ variance: Float) -> Float {
      let root = (variance + ridge).squareRoot()
      return inverse ? 1 / root : root
    }
    let rest = power(0)
    var along = rows.timesTransposed(directions)
    for row in 0..<along.rows {
      for place in variances.indices { along[row, place] *= power(variances[place]) - rest }
    }
    var result = along.timesTransposed(directions.transposed)
    result.add(rest, rows)
    return result
  }
}

extension Domains {
  /// CORAL: the shots, whitened by their own covariance and coloured by the frames' (Sun, Feng, Saenko 2016). Both
  /// covariances get a thousandth of the frames' mean variance times the number of directions added to their diagonals.
  func correlationAligned(_ source: Moments, _ target: Moments) -> Matrix {
    let shots = self.source.subtracting(source.centre)
    let frames = self.target.subtracting(target.centre)
    let own = Covariance(shots)
    let other = Covariance(frames)
    let ridge = Domains.ridge(other)
    let moved = other.transformed(
      own.transformed(shots, ridge: ridge, inverse: true), ridge: ridge, inverse: false)
    return moved.adding(target.centre)
  }

  /// The shots in their own principal directions, each turned into what is nearest to it in the frames' (Fernando and others
  /// 2013): `S Pₛ (Pₛᵀ Pₜ) Pₜᵀ`.
  func subspaceAligned(_ source: Moments, _ target: Moments, dimensions: Int = 80) -> Matrix {
    let shots = self.source.subtracting(source.centre)
    let own = Covariance(shots)
    let other = Covariance(self.target.subtracting(target.centre))
    let count = min(dimensions, own.variances.count, other.variances.count)
    let ours = own.directions.selecting(Array(0..<count))
    let theirs = other.directions.selecting(Array(0..<count))
    let turn = theirs.timesTransposed(ours)
    let coordinates = shots.timesTransposed(ours).timesTransposed(turn)
    return coordinates.timesTransposed(theirs.transposed).adding(target.centre)
  }

  private static func ridge(_ covariance: Covariance) -> Float {
    max(covariance.variances.reduce(0, +) / Float(max(covariance.variances.count, 1)) * 0.1, 1e-9)
  }
}

extension Matrix {
  /// Every row less `centre`.
  func subtracting(_ centre: [Float]) -> Matrix {
    var result = self
    for row in 0..<rows { for column in 0..<columns { result[row, column] -= centre[column] } }
    return result
  }

  /// Every row plus `centre`.
  func adding(_ centre: [Float]) -> Matrix {
    var result = self
    for row in 0..<rows { for column in 0..<columns { result[row, column] += centre[column] } }
    return result
  }
}
