internal import LinnetAlgebra

/// What samples should be recognised as: the cross-entropy of scores, or the focal loss `−(1 − p)^γ · log p` of the own
/// class's probability p (Lin, Goyal, Girshick, He, Dollár, "Focal Loss for Dense Object Detection", 2017), which counts
/// less what is recognised already.
struct Targets {
  /// The class of every sample.
  var classOf: [Int]
  /// What the loss of every sample counts.
  var strengths: [Float]
  /// The focal exponent γ; zero: cross-entropy.
  var focal: Float

  /// The loss of scores, a row a sample, in whose place their slopes stay.
  func loss(_ scores: inout Matrix) -> Double {
    let (stride, classCount) = (scores.stride, scores.columns)
    var loss = 0.0
    unsafe scores.withMutableValues { values in
      for (row, place) in classOf.enumerated() {
        let scores = unsafe UnsafeMutableBufferPointer(start: values + row * stride, count: stride)
        let part = unsafe slope(scores, classCount, place, strengths[row])
        loss += Double(strengths[row]) * part
      }
    }
    return loss
  }

  /// Of one row: its loss, in whose place the slopes, times `strength`.
  private func slope(
    _ scores: UnsafeMutableBufferPointer<Float>, _ classCount: Int, _ place: Int, _ strength: Float
  ) -> Double {
    let base = scores.baseAddress!
    var greatest = unsafe scores[0]
    for other in 1..<max(classCount, 1) { unsafe greatest = max(greatest, scores[other]) }
    for padding in classCount..<scores.count { unsafe scores[padding] = -.greatestFiniteMagnitude }
    let own = unsafe Double(scores[place] - greatest)
    var total = SIMD8<Float>()
    for column in stride(from: 0, to: scores.count, by: 8) {
      let powers = unsafe exponential(lanes(base + column) - greatest)
      total += powers
      unsafe store(powers, base + column)
    }
    let sum = sum(total)
    let logProbability = own - logarithm(Double(sum))
    let (loss, factor) = Focal.loss(logProbability, exponent: focal)
    let scale = SIMD8(repeating: strength * factor / sum)
    for column in stride(from: 0, to: scores.count, by: 8) {
      unsafe store(lanes(base + column) * scale, base + column)
    }
    for padding in classCount..<scores.count { unsafe scores[padding] = 0 }
    unsafe scores[place] -= strength * factor
    return loss
  }
}

/// The focal loss of one sample.
enum Focal {
  /// The loss, and what the slopes of the cross-entropy are multiplied with to be its slopes:
  /// `(1 − p)^γ − γ (1 − p)^(γ − 1) · p log p`.
  static func loss(_ logProbability: Double, exponent: Float) -> (loss: Double, factor: Float) {
    guard exponent > 0 else { return (-logProbability, 1) }
    let probability = power(logProbability)
    let rest = max(1 - probability, 1e-12)
    let weight = power(Double(exponent) * logarithm(rest))
    let slope = weight - Double(exponent) * weight / rest * probability * logProbability
    return (-weight * logProbability, Float(slope))
  }

  /// eˣ, in single precision, of a number that is not above zero.
  private static func power(_ x: Double) -> Double { Double(exponential(SIMD8(repeating: Float(x)))[0]) }
}
