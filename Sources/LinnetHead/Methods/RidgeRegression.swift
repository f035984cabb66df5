internal import LinnetAlgebra

/// Least squares on one-hot targets with an L2 penalty (Hoerl, Kennard, "Ridge Regression: Biased Estimation for
/// Nonorthogonal Problems", 1970), shots weighted, intercepts free, and every shot's score without it, exactly.
///
/// Minimises `Σ_i w_i |y_i − W x_i − b|² + λ ‖W‖²`, where the `w_i` are 1 on average, and λ is the regularisation times the
/// mean squared distance of the shots from their weighted centre. A shot of a class of c shots counts c^−1.5: what is held
/// back of a class of few shots is more than its share, and the half beyond 1/c gives it back.
struct RidgeRegression {
  /// λ in units of the mean squared distance from the centre, where all classes have as many shots.
  static let usualRegularisation: Float = 0.3
  /// The same where they have not: the few shots of a class that count much must not be followed as closely.
  static let usualRegularisationOfUnequal: Float = 1
  /// Equal shots have no distance from their centre, and need a penalty all the same.
  private static let leastPenalty: Float = 1e-5
  /// Targets lie between 0 and 1; scores are to suit a softmax.
  static let gain: Float = 10

  /// A row a class.
  private(set) var weights: Matrix
  /// A number a class.
  private(set) var bias: [Float]
  /// n × classes: what every shot is given by a fit without it, with the same weights of the others and the same λ.
  private(set) var heldOut: Matrix

  /// What the solution starts from.
  private struct Problem {
    let samples: Samples
    /// Weights, 1 on average.
    let strengths: [Float]
    /// Weights, 1 in sum.
    let shares: [Float]
    /// The weighted mean of the targets.
    let means: [Float]
    let regularisation: Float

    func penalty(_ distances: [Float]) -> Float {
      let mean = distances.reduce(0.0) { $0 + Double($1) } / Double(distances.count)
      return max(regularisation * Float(mean), leastPenalty)
    }

    /// The target of a shot, its mean taken away.
    func target(_ row: Int, _ place: Int) -> Float { (samples.classOf[row] == place ? 1 : 0) - means[place] }
  }

  init(_ recipe: HeadRecipe, _ samples: Samples) {
    let strengths = recipe.balance.strengths(
      samples.classOf, classCount: samples.classCount, weights: samples.weights, exponent: .oneAndAHalf)
    let shares = strengths.map { $0 / Float(samples.count) }
    var means = [Float](repeating: 0, count: samples.classCount)
    for (row, place) in samples.classOf.enumerated() { means[place] += shares[row] }
    let problem = Problem(
      samples: samples, strengths: strengths, shares: shares, means: means,
      regularisation: recipe.regularisation ?? RidgeRegression.usualRegularisation(samples.counts))
    if samples.count <= samples.matrix.columns {
      self.init(dual: problem)
    } else {
      self.init(primal: problem)
    }
  }

  static func usualRegularisation(_ counts: [Int]) -> Float {
    counts.allSatisfy { $0 == counts.first } ? usualRegularisation : usualRegularisationOfUnequal
  }

  /// With n × n matrices, from inner products alone.
  private init(dual problem: Problem) {
    let samples = problem.samples
    let (count, classCount) = (samples.count, samples.classCount)
    let shares = problem.shares
    var kernel = samples.inner
    let along = (0..<count).map { kernel.weightedSum(row: $0, shares) }
    let centre = zip(along, shares).reduce(0) { $0 + $1.0 * $1.1 }
    let roots = problem.strengths.map { $0.squareRoot() }
    let distances = (0..<count).map { kernel[$0, $0] - 2 * along[$0] + centre }
    let penalty = problem.penalty(distances)
    for row in 0..<count {
      for column in 0..<count {
        let entry = kernel[row, column] - along[row] - along[column] + centre
        kernel[row, column] = roots[row] * roots[column] * entry
      }
      kernel[row, row] += penalty
    }
    let inverse = LinearMetric(kernel).inverted
    // M⁻¹ times the targets: a target is one or nothing, less the class's mean.
    let common = (0..<count).map { inverse.weightedSum(row: $0, roots) }
    var coefficients = Matrix(rows: classCount, columns: count)
    for row in 0..<count {
      let place = samples.classOf[row]
      for column in 0..<count { coefficients[place, column] += roots[row] * inverse[row, column] }
    }
    var heldOut = Matrix(rows: count, columns: classCount)
    for row in 0..<count {
      // 1 − the leverage, over λ.
      let rest = max(inverse[row, row] - shares[row] / penalty, 1e-6 * inverse[row, row])
      for place in 0..<classCount {
        coefficients[place, row] -= problem.means[place] * common[row]
        let residual = coefficients[place, row] / (rest * roots[row])
        heldOut[row, place] = (samples.classOf[row] == place ? 1 : 0) - residual
        coefficients[place, row] *= roots[row]
      }
    }
    var bias = problem.means
    for place in 0..<classCount {
      var total: Float = 0
      for row in 0..<count { total += coefficients[place, row] }
      for row in 0..<count { coefficients[place, row] -= total * shares[row] }
      // The weights times the centre.
      for row in 0..<count { bias[place] -= coefficients[place, row] * along[row] }
    }
    weights = coefficients.times(samples.matrix)
    self.bias = bias
    self.heldOut = heldOut
  }

  /// With d × d matrices.
  private init(primal problem: Problem) {
    let samples = problem.samples
    let (count, classCount) = (samples.count, samples.classCount)
    let centre = samples.matrix.weightedMean(problem.shares)
    var rows = samples.matrix
    rows.subtract(centre)
    let penalty = problem.penalty((0..<count).map { rows.dot(row: $0, rows, row: $0) })
    rows.scaleRows(problem.strengths.map { $0.squareRoot() })
    let columns = rows.transposed
    var moments = columns.timesTransposed(columns, isSymmetric: true)
    for place in 0..<moments.rows { moments[place, place] += penalty }
    let metric = LinearMetric(moments)
    var targets = Matrix(rows: classCount, columns: count)
    for row in 0..<count {
      let root = problem.strengths[row].squareRoot()
      for place in 0..<classCount { targets[place, row] = root * problem.target(row, place) }
    }
    let whitened = metric.whitened(targets.timesTransposed(columns))
    let coordinates = metric.whitened(rows)
    let fitted = coordinates.timesTransposed(whitened)
    var heldOut = Matrix(rows: count, columns: classCount)
    for row in 0..<count {
      let leverage = coordinates.dot(row: row, coordinates, row: row) + problem.shares[row]
      let scale = 1 / (max(1 - leverage, 1e-6) * problem.strengths[row].squareRoot())
      for place in 0..<classCount {
        let residual = (targets[place, row] - fitted[row, place]) * scale
        heldOut[row, place] = (samples.classOf[row] == place ? 1 : 0) - residual
      }
    }
    let weights = metric.unwhitened(whitened)
    bias = (0..<classCount).map { problem.means[$0] - weights.dot(row: $0, centre, row: 0) }
    self.weights = weights
    self.heldOut = heldOut
  }

  /// The scores of a head: everything times ``gain``.
  var fit: Fit {
    var scores = heldOut
    scores.scale(RidgeRegression.gain)
    let classifier = LinearClassifier(
      weights: .float(weights), bias: bias.map { $0 * RidgeRegression.gain })
    return Fit(scorer: .linear(classifier, gain: RidgeRegression.gain), heldOut: scores)
  }
}
