internal import LinnetAlgebra

/// Ridge regression of class memberships on weighted samples, solved once for all memberships: scores of the queries are
/// one product with them.
struct RidgeHat {
  /// Queries × samples.
  private let hat: Matrix
  private let weights: [Float]

  /// - Parameters:
  ///   - samples: a row a sample, of about unit length.
  ///   - strength: of the penalty, in units of the mean squared length of the centred samples.
  init(samples: Matrix, weights: [Float], queries: Matrix, strength: Float) {
    self.weights = weights
    let total = weights.reduce(0, +)
    var mean = [Float](repeating: 0, count: samples.columns)
    for row in 0..<samples.rows {
      for column in 0..<samples.columns { mean[column] += weights[row] * samples[row, column] }
    }
    for column in mean.indices { mean[column] /= total }
    var centred = samples
    var asked = queries
    for row in 0..<samples.rows {
      let root = weights[row].squareRoot()
      for column in mean.indices { centred[row, column] = (samples[row, column] - mean[column]) * root }
    }
    for row in 0..<queries.rows {
      for column in mean.indices { asked[row, column] -= mean[column] }
    }
    var gram = centred.timesTransposed(centred, isSymmetric: true)
    var trace: Float = 0
    for row in 0..<gram.rows { trace += gram[row, row] }
    let penalty = max(strength * trace / Float(max(gram.rows, 1)), 1e-12)
    for row in 0..<gram.rows { gram[row, row] += penalty }
    let metric = LinearMetric(gram)
    var hat = metric.unwhitened(metric.whitened(asked.timesTransposed(centred)))
    for row in 0..<hat.rows {
      for column in 0..<hat.columns { hat[row, column] *= weights[column].squareRoot() }
    }
    self.hat = hat
  }

  /// Class × query, from memberships class × sample; up to a constant a class.
  func scores(_ memberships: Matrix) -> Matrix {
    let total = weights.reduce(0, +)
    var centred = memberships
    for place in 0..<memberships.rows {
      var sum: Float = 0
      for (sample, weight) in weights.enumerated() { sum += weight * memberships[place, sample] }
      let mean = sum / total
      for sample in weights.indices { centred[place, sample] -= mean }
    }
    return centred.timesTransposed(hat)
  }
}
