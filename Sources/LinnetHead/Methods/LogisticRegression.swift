internal import LinnetAlgebra

/// Multinomial logistic regression on L2-normalised embeddings, its held-out scores included.
///
/// Minimises `Σ_i s_i · −log p_i + ρ/2 · ‖W‖²`, intercepts free, on `gain` times the embeddings: with ρ = 1 / 10 and
/// `s_i = n / (K · shots of the class)` what scikit-learn's `LogisticRegression(C: 10, class_weight: "balanced")` does.
enum LogisticRegression {
  /// The usual ρ.
  static let usualRegularisation: Float = 0.1
  /// The part of the loss that may be left, and that of problems so large that it costs seconds to come nearer.
  private static let (tolerance, coarseTolerance) = (3e-7, 1e-4)
  /// Products of a step from which on a problem is large.
  private static let largeStep = 20_000_000

  struct Fit {
    let classifier: LinearClassifier
    /// n × K: the logits of every shot from a fit without it.
    let heldOutScores: Matrix
    let loss: Double
  }

  /// - Parameters:
  ///   - samples: rows of length one (or zero).
  ///   - strengths: what every sample's loss counts, one on average.
  ///   - focal: the exponent of the focal loss (``Focal``); zero: cross-entropy.
  ///   - earlier: where to start, and what the weights are held back to instead of zero.
  static func fit(
    _ samples: Samples, gain: Float, strengths: [Float], focal: Float = 0,
    regularisation: Float = usualRegularisation, earlier: LinearClassifier? = nil
  ) -> Fit {
    guard samples.classCount > 1 else {
      let weights = Matrix(rows: samples.classCount, columns: samples.matrix.columns)
      return Fit(
        classifier: LinearClassifier(
          weights: .float(weights), bias: [Float](repeating: 0, count: samples.classCount)),
        heldOutScores: Matrix(rows: samples.count, columns: samples.classCount), loss: 0)
    }
    let coordinates = SpanCoordinates(samples, gain: gain)
    // Two classes have one logit between them, of which scikit-learn penalises the whole; here each class has half of
    // it, whose two squares make half of that penalty.
    let scale = (samples.classCount == 2 ? 0.5 : 1) / regularisation
    let objective = SoftmaxObjective(
      samples: coordinates.samples, classOf: samples.classOf, classCount: samples.classCount,
      strengths: strengths.map { scale * $0 }, focal: focal,
      start: earlier.map { $0.logits(of: samples.matrix, gain: gain).transposed })
    let size = coordinates.samples.rows * coordinates.samples.columns * samples.classCount
    let end = LBFGS(objective, tolerance: size > largeStep ? coarseTolerance : tolerance)
    return Fit(
      classifier: coordinates.classifier(end.coefficients).adding(earlier),
      heldOutScores: heldOutScores(objective, end), loss: end.loss)
  }

  /// With the usual penalty, classes counting the same.
  static func fit(_ embeddings: Matrix, classOf: [Int], classCount: Int, gain: Float) -> Fit {
    fit(
      Samples(embeddings, classOf: classOf, classCount: classCount), gain: gain,
      strengths: ClassBalance.weights.strengths(classOf, classCount: classCount, weights: nil))
  }

  /// One Newton step from the fit to where it would be without a sample (Rad, Maleki, "A scalable estimate of the
  /// out-of-sample prediction error via approximate leave-one-out", 2020), with the Hessian that all classes share: with
  /// `h = zᵀ B⁻¹ z` of the sample z and its curvature c, its logits grow by `h / (1 − c h) · residuals`.
  private static func heldOutScores(_ objective: SoftmaxObjective, _ end: LBFGS) -> Matrix {
    let curvatures = objective.curvatures(end.residuals, end.logits)
    let metric = LinearMetric(objective.sharedHessian(curvatures))
    let whitened = metric.whitened(objective.samples)
    var scores = end.logits.transposed
    for sample in curvatures.indices {
      let leverage = whitened.dot(row: sample, whitened, row: sample)
      let growth = leverage / (1 - min(curvatures[sample] * leverage, 0.999))
      for place in 0..<objective.classCount {
        scores[sample, place] += growth * end.residuals[place, sample]
      }
    }
    return scores
  }
}
