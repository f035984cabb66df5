internal import LinnetAlgebra

/// Class-balanced multinomial logistic regression: `Σ_i strength_i · −log p_i(class of i) + ½ ‖U‖²`, p the softmax of the
/// logits `U · samplesᵀ`. The last column of the samples is one, so the last of U is the intercept; it is not penalised.
struct SoftmaxObjective {
  /// n × p.
  let samples: Matrix
  /// p × n.
  private let transposed: Matrix
  private let classOf: [Int]
  let classCount: Int
  /// n numbers and zeros up to a multiple of eight.
  let strengths: [Float]

  init(samples: Matrix, classOf: [Int], classCount: Int, strengths: [Float]) {
    self.samples = samples
    self.classOf = classOf
    self.classCount = classCount
    transposed = samples.transposed
    self.strengths = strengths + [Float](repeating: 0, count: transposed.stride - strengths.count)
  }

  /// Class × sample.
  func logits(_ coefficients: Matrix) -> Matrix { coefficients.timesTransposed(samples) }

  /// The data's part of the loss, and `strength · (p − target)`, class × sample, in place of the logits.
  func loss(_ logits: inout Matrix) -> Double {
    let (stride, classCount) = (logits.stride, classCount)
    var own = [Float](repeating: 0, count: stride)
    for (sample, place) in classOf.enumerated() { own[sample] = logits[place, sample] }
    var loss = 0.0
    unsafe logits.withMutableValues { values in
      for column in Swift.stride(from: 0, to: stride, by: 8) {
        var greatest = unsafe lanes(values + column)
        for place in 1..<max(classCount, 1) {
          unsafe greatest = pointwiseMax(greatest, lanes(values + place * stride + column))
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
          loss -= Double(strengths[sample]) * logProbability
        }
        let scale = strength / total
        for place in 0..<classCount {
          let entry = unsafe values + place * stride + column
          unsafe store(lanes(entry) * scale, entry)
        }
      }
      for (sample, place) in classOf.enumerated() {
        unsafe values[place * stride + sample] -= strengths[sample]
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

  /// For every sample, `strength · p (1 − p)` averaged over the classes, times K / (K − 1); from what ``loss(_:)`` left.
  func curvatures(_ residuals: Matrix) -> [Float] {
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
    for row in 0..<scaled.rows {
      for sample in curvatures.indices { scaled[row, sample] *= curvatures[sample].squareRoot() }
    }
    var hessian = scaled.timesTransposed(scaled, isSymmetric: true)
    for place in 0..<samples.columns - 1 { hessian[place, place] += 1 }
    return hessian
  }
}
