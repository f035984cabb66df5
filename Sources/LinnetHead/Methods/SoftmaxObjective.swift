internal import LinnetAlgebra

/// Multinomial logistic regression: `Σ_i strength_i · −log p_i(class of i) + ½ ‖U‖²`, p the softmax of the logits
/// `U · samplesᵀ`, to which ``start`` is added. The last column of the samples is one, so the last of U is the intercept; it is not penalised.
struct SoftmaxObjective {
  /// n × p.
  let samples: Matrix
  /// p × n.
  private let transposed: Matrix
  private let classOf: [Int]
  let classCount: Int
  /// n numbers and zeros up to a multiple of eight.
  let strengths: [Float]
  /// The exponent of the focal loss (``Focal``) in place of the cross-entropy; zero: none.
  private let focal: Float
  /// Class × sample: what is added to the logits; `nil`: nothing.
  let start: Matrix?

  init(
    samples: Matrix, classOf: [Int], classCount: Int, strengths: [Float], focal: Float = 0,
    start: Matrix? = nil
  ) {
    self.focal = focal
    self.start = start
    self.samples = samples
    self.classOf = classOf
    self.classCount = classCount
    transposed = samples.transposed
    self.strengths = strengths + [Float](repeating: 0, count: transposed.stride - strengths.count)
  }

  /// Class × sample, without ``start``.
  func logits(_ coefficients: Matrix) -> Matrix { coefficients.timesTransposed(samples) }

  /// The data's part of the loss, and its slopes, `strength · (p − target)` but for the focal factor, class × sample, in
  /// place of the logits.
  func loss(_ logits: inout Matrix) -> Double {
    let (stride, classCount) = (logits.stride, classCount)
    var own = [Float](repeating: 0, count: stride)
    for (sample, place) in classOf.enumerated() { own[sample] = logits[place, sample] }
    var reached = strengths
    var loss = 0.0
    unsafe logits.withMutableValues { values in
      for column in Swift.stride(from: 0, to: stride, by: 8) {
        var greatest = unsafe lanes(values + column)
        for place in 1..<max(classCount, 1) {
          let other = unsafe lanes(values + place * stride + column)
          greatest.replace(with: other, where: other .> greatest)
        }
        var total = SIMD8<Float>()
        for place in 0..<classCount {
          let powers = unsafe exponential(lanes(values + place * stride + column) - greatest)
          total += powers
          unsafe store(powers, values + place * stride + column)
        }
        var strength = SIMD8<Float>()
        for lane in 0..<8 where column + lane < classOf.count {
          let sample = column + lane
          strength[lane] = strengths[sample]
          let logProbability = Double(own[sample] - greatest[lane]) - logarithm(Double(total[lane]))
          let focal = Focal.loss(logProbability, exponent: focal)
          loss += Double(strengths[sample]) * focal.loss
          strength[lane] *= focal.factor
          reached[sample] = strength[lane]
        }
        let scale = strength / total
        for place in 0..<classCount {
          let entry = unsafe values + place * stride + column
          unsafe store(lanes(entry) * scale, entry)
        }
      }
      for (sample, place) in classOf.enumerated() {
        unsafe values[place * stride + sample] -= reached[sample]
      }
    }
    return loss
  }

  /// The gradient, from what ``loss(_:)`` left.
  func gradient(_ residuals: Matrix, _ coefficients: Matrix) -> Matrix {
    var gradient = residuals.timesTransposed(transposed)
    gradient.add(1, coefficients)
    for place in 0..<classCount {
      gradient[place, samples.columns - 1] -= coefficients[place, samples.columns - 1]
    }
    return gradient
  }

  /// The inner product of the penalised parts.
  func penalised(_ a: Matrix, _ b: Matrix) -> Double {
    var product = a.dot(b)
    for place in 0..<classCount {
      product -= Double(a[place, samples.columns - 1]) * Double(b[place, samples.columns - 1])
    }
    return product
  }

  /// For every sample, `strength · p (1 − p)` averaged over the classes, times K / (K − 1), and times the focal factor.
  ///
  /// - Parameter residuals: what ``loss(_:)`` left of the logits.
  func curvatures(_ residuals: Matrix, _ logits: Matrix) -> [Float] {
    guard focal > 0 else { return curvatures(residuals) }
    let plain = SoftmaxObjective(
      samples: samples, classOf: classOf, classCount: classCount,
      strengths: Array(strengths[..<classOf.count]))
    var slopes = logits
    _ = plain.loss(&slopes)
    var curvatures = plain.curvatures(slopes)
    for (sample, place) in classOf.enumerated() where strengths[sample] > 0 {
      let probability = Double(1 + slopes[place, sample] / strengths[sample])
      curvatures[sample] *= Focal.loss(logarithm(max(probability, 1e-30)), exponent: focal).factor
    }
    return curvatures
  }

  private func curvatures(_ residuals: Matrix) -> [Float] {
    var curvatures = [Float](repeating: 0, count: classOf.count)
    for sample in classOf.indices {
      let strength = strengths[sample]
      guard strength > 0 else { continue }
      var sum: Float = 0
      for place in 0..<classCount {
        let probability = residuals[place, sample] / strength + (place == classOf[sample] ? 1 : 0)
        sum += probability * (1 - probability)
      }
      curvatures[sample] = strength * max(sum / Float(classCount - 1), 1e-6)
    }
    return curvatures
  }

  /// The Hessian as if all classes had the same curvature at a sample: one matrix for all, p × p.
  func sharedHessian(_ curvatures: [Float]) -> Matrix {
    var scaled = transposed
    scaled.scaleColumns(curvatures.map { $0.squareRoot() })
    var hessian = scaled.timesTransposed(scaled, isSymmetric: true)
    for place in 0..<samples.columns - 1 { hessian[place, place] += 1 }
    return hessian
  }
}
