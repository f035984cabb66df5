internal import LinnetAlgebra

/// Linear discriminant analysis (Fisher, "The Use of Multiple Measurements in Taxonomic Problems", 1936) with the
/// covariance within classes pooled over them and shrunk towards the identity (Friedman, "Regularized Discriminant
/// Analysis", 1989), all classes equally likely, and every shot's score without it, exactly.
///
/// With the scatter `Z ᵀZ` of the shots around their class means, T its trace and f = shots − classes, the metric is
/// `A = (I + ZᵀZ / ρ)⁻¹`, ρ the regularisation times T / f, and a class scores `μᵀ A x − ½ μᵀ A μ`. One shot a class has no
/// scatter: the metric is the identity, and the nearest class mean wins.
struct DiscriminantAnalysis {
  /// ρ in units of the mean squared distance of a shot from the mean of its class.
  static let usualRegularisation: Float = 0.3
  /// The cosine of a class mean and a shot is at most one; scores are to suit a softmax.
  static let gain: Float = 20
  /// Equal shots have no scatter, and rounding is not to become one.
  private static let leastScatter: Float = 1e-6

  /// A row a class.
  let weights: Matrix
  /// A number a class.
  let bias: [Float]
  /// n × classes: what every shot is given by a fit without it, with the same ρ.
  let heldOut: Matrix

  /// How shots belong to classes.
  private struct Membership {
    let samples: Samples
    /// Weights, 1 on average.
    let strengths: [Float]
    /// Of every class.
    var totals: [Float]

    init(_ samples: Samples) {
      self.samples = samples
      strengths = ClassBalance.none.strengths(
        samples.classOf, classCount: samples.classCount, weights: samples.weights)
      totals = [Float](repeating: 0, count: samples.classCount)
      for (row, place) in samples.classOf.enumerated() { totals[place] += strengths[row] }
    }

    /// What of its class's mean a shot is.
    func share(_ row: Int) -> Float { strengths[row] / totals[samples.classOf[row]] }

    /// The weighted mean of every class's rows.
    func means(_ rows: Matrix) -> Matrix {
      var means = Matrix(rows: samples.classCount, columns: rows.columns)
      for (row, place) in samples.classOf.enumerated() { means.add(share(row), rows, row: row, to: place) }
      return means
    }

    /// ρ for squared distances from the class means.
    func penalty(_ squares: [Float], _ regularisation: Float) -> Float {
      let scatter = zip(squares, strengths).reduce(0.0) { $0 + Double($1.0 * $1.1) }
      let freedom = Float(max(samples.count - samples.classCount, 1))
      return regularisation * max(Float(scatter) / freedom, leastScatter)
    }
  }

  /// Inner products in the metric.
  private struct Geometry {
    /// Of every shot and every class mean.
    var shotAndMean: Matrix
    /// Of every two class means.
    var means: Matrix
    /// Of every shot with itself.
    var shots: [Float]
    let penalty: Float
  }

  init(_ recipe: HeadRecipe, _ samples: Samples) {
    let regularisation = recipe.regularisation ?? DiscriminantAnalysis.usualRegularisation
    let membership = Membership(samples)
    let (weights, geometry) =
      samples.count <= samples.matrix.columns
      ? DiscriminantAnalysis.dual(membership, regularisation)
      : DiscriminantAnalysis.primal(membership, regularisation)
    self.weights = weights
    bias = (0..<samples.classCount).map { -0.5 * geometry.means[$0, $0] }
    heldOut = DiscriminantAnalysis.heldOut(membership, geometry)
  }

  /// With n × n matrices: `A = I − Zᵀ (Z Zᵀ + ρ)⁻¹ Z` (Woodbury, "Inverting Modified Matrices", 1950).
  private static func dual(_ membership: Membership, _ regularisation: Float) -> (Matrix, Geometry) {
    let samples = membership.samples
    let (count, classOf, classCount) = (samples.count, samples.classOf, samples.classCount)
    let inner = samples.inner
    let shotAndMean = membership.means(inner).transposed
    let means = membership.means(shotAndMean)
    let roots = membership.strengths.map { $0.squareRoot() }
    var scatter = inner
    var deviations = inner
    for row in 0..<count {
      for column in 0..<count {
        let deviation = inner[row, column] - shotAndMean[row, classOf[column]]
        deviations[row, column] = roots[column] * deviation
        scatter[row, column] =
          roots[row] * roots[column]
          * (deviation - shotAndMean[column, classOf[row]] + means[classOf[row], classOf[column]])
      }
    }
    let penalty = membership.penalty(
      (0..<count).map { scatter[$0, $0] / membership.strengths[$0] }, regularisation)
    for row in 0..<count { scatter[row, row] += penalty }
    let metric = LinearMetric(scatter)
    let taken = metric.whitened(deviations)
    let takenMeans = membership.means(taken)
    var geometry = Geometry(shotAndMean: shotAndMean, means: means, shots: [], penalty: penalty)
    geometry.shotAndMean.add(-1, taken.timesTransposed(takenMeans))
    geometry.means.add(-1, takenMeans.timesTransposed(takenMeans, isSymmetric: true))
    geometry.shots = (0..<count).map { inner[$0, $0] - taken.dot(row: $0, taken, row: $0) }

    // The weights are sums of shots: a class's mean less what lies along the deviations.
    var coefficients = metric.unwhitened(takenMeans)
    for place in 0..<classCount {
      var totals = [Float](repeating: 0, count: classCount)
      for row in 0..<count {
        coefficients[place, row] *= roots[row]
        totals[classOf[row]] += coefficients[place, row]
      }
      for row in 0..<count {
        let mean = (classOf[row] == place ? 1 : 0) + totals[classOf[row]]
        coefficients[place, row] = membership.share(row) * mean - coefficients[place, row]
      }
    }
    return (coefficients.times(samples.matrix), geometry)
  }

  /// With d × d matrices.
  private static func primal(_ membership: Membership, _ regularisation: Float) -> (Matrix, Geometry) {
    let samples = membership.samples
    let count = samples.count
    let means = membership.means(samples.matrix)
    var deviations = samples.matrix
    for row in 0..<count { deviations.add(-1, means, row: samples.classOf[row], to: row) }
    let penalty = membership.penalty(
      (0..<count).map { deviations.dot(row: $0, deviations, row: $0) }, regularisation)
    deviations.scaleRows(membership.strengths.map { $0.squareRoot() })
    deviations = deviations.transposed
    var scatter = deviations.timesTransposed(deviations, isSymmetric: true)
    for place in 0..<scatter.rows { scatter[place, place] += penalty }
    let metric = LinearMetric(scatter)
    // Times √ρ, so that the metric is the identity where there is no scatter.
    var coordinates = metric.whitened(samples.matrix)
    coordinates.scale(penalty.squareRoot())
    let centres = membership.means(coordinates)
    var weights = metric.unwhitened(centres)
    weights.scale(penalty.squareRoot())
    let geometry = Geometry(
      shotAndMean: coordinates.timesTransposed(centres),
      means: centres.timesTransposed(centres, isSymmetric: true),
      shots: (0..<count).map { coordinates.dot(row: $0, coordinates, row: $0) }, penalty: penalty)
    return (weights, geometry)
  }

  /// Without a shot, its class's mean moves away from it and the scatter loses one product of its deviation z (Sherman and
  /// Morrison, 1950); all that changes is made of inner products of z with shot and means.
  private static func heldOut(_ membership: Membership, _ geometry: Geometry) -> Matrix {
    let samples = membership.samples
    let classCount = samples.classCount
    var scores = Matrix(rows: samples.count, columns: classCount)
    for (row, own) in samples.classOf.enumerated() {
      let (strength, total) = (membership.strengths[row], membership.totals[own])
      let isAlone = total - strength < 1e-6 * total
      let shift = isAlone ? 0 : strength / (total - strength)
      let lost = isAlone ? 0 : shift * total / geometry.penalty
      let ownMean = geometry.shotAndMean[row, own]
      let length = max(geometry.shots[row] - 2 * ownMean + geometry.means[own, own], 0)
      let growth = lost / max(1 - lost * length, 1e-6)
      let withShot = geometry.shots[row] - ownMean
      for place in 0..<classCount {
        var along = geometry.shotAndMean[row, place]
        var withMean = geometry.shotAndMean[row, place] - geometry.means[own, place]
        var square = geometry.means[place, place]
        if place == own {
          along -= shift * withShot
          square += shift * (shift * length - 2 * withMean)
          withMean -= shift * length
        }
        scores[row, place] =
          along + growth * withShot * withMean - 0.5 * (square + growth * withMean * withMean)
      }
    }
    return scores
  }

  /// The scores of a head: everything times ``gain``.
  var fit: Fit {
    var scores = heldOut
    scores.scale(DiscriminantAnalysis.gain)
    let classifier = LinearClassifier(
      weights: .float(weights), bias: bias.map { $0 * DiscriminantAnalysis.gain })
    return Fit(scorer: .linear(classifier, gain: DiscriminantAnalysis.gain), heldOut: scores)
  }
}
