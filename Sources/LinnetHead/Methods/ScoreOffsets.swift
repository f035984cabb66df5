internal import LinnetAlgebra

/// What the scores of classes of few shots are raised by, so that all classes are as likely: logit adjustment (Menon,
/// Jayasumana, Rawat, Jain, Veit, Kumar, "Long-tail Learning via Logit Adjustment", 2021), threshold moving before it
/// (Zhou, Liu, "Training Cost-Sensitive Neural Networks with Methods Addressing the Class Imbalance Problem", 2006).
///
/// A class of n shots loses `τ · T · ln n`. Theory has τ = 1, where scores over the temperature T are log-probabilities; a
/// penalty holds small classes back further. So τ and T are those under which held-out shots are likeliest, every class
/// counting the same: one number for all classes, since a class of two shots cannot tell its own. A class of one shot tells
/// nothing of how far its scores lie below the others', and takes part in no such comparison.
struct ScoreOffsets {
  /// The greatest τ.
  static let greatestShare: Float = 2

  /// What is added to every class's scores; zero on average.
  let values: [Float]
  /// τ.
  let share: Float

  /// - Parameter heldOut: n × classes, the scores of every shot without it; of every class some mean something.
  init(_ heldOut: Matrix, _ samples: Samples) {
    let logarithms = samples.counts.map { Float(logarithm(Double(max($0, 1)))) }
    let mean = logarithms.reduce(0, +) / Float(max(logarithms.count, 1))
    let lack = logarithms.map { mean - $0 }
    let rows = Rows(heldOut, samples)
    // Likelihood is concave in 1/T and τ, and so is its greatest over 1/T, whose slope is the one at that 1/T.
    var (least, greatest): (Float, Float) = (0, ScoreOffsets.greatestShare)
    for _ in 0..<7 {
      let share = (least + greatest) / 2
      let shifts = lack.map { $0 * share }
      if rows.slope(shifts, inverse: rows.inverseTemperature(shifts), along: lack) > 0 {
        least = share
      } else {
        greatest = share
      }
    }
    let share = (least + greatest) / 2
    let temperature = 1 / rows.inverseTemperature(lack.map { $0 * share })
    self.share = share
    values = lack.map { $0 * share * temperature }
  }

  /// Held-out shots whose class is left, each class counting one.
  private struct Rows {
    private let rows: [(scores: [Float], place: Int, weight: Float)]

    init(_ heldOut: Matrix, _ samples: Samples) {
      let usable = samples.replaceable
      var counts = [Int](repeating: 0, count: samples.classCount)
      for row in usable { counts[samples.classOf[row]] += 1 }
      rows = usable.map { row in
        (heldOut.elements(of: row), samples.classOf[row], 1 / Float(counts[samples.classOf[row]]))
      }
    }

    /// 1 / T under which the classes are likeliest when shifts are added to scores / T.
    func inverseTemperature(_ shifts: [Float]) -> Float {
      var (least, greatest): (Float, Float) = (0.05, 20)
      for _ in 0..<16 {
        let inverse = (least * greatest).squareRoot()
        if slope(shifts, inverse: inverse, along: nil) > 0 { least = inverse } else { greatest = inverse }
      }
      return (least * greatest).squareRoot()
    }

    /// Of the logarithm of the likelihood, along the scores or along `direction`; in whole steps, so that the order of shots does
    /// not matter.
    func slope(_ shifts: [Float], inverse: Float, along direction: [Float]?) -> Int {
      var slope = 0
      for row in rows {
        let shifted = zip(row.scores, shifts).map { $0 * inverse + $1 }
        let probabilities = softmax(shifted, temperature: 1)
        let values = direction ?? row.scores
        let expected = zip(probabilities, values).reduce(0) { $0 + $1.0 * $1.1 }
        slope += (row.weight * (values[row.place] - expected)).inSteps
      }
      return slope
    }
  }
}

extension ClassBalance {
  /// `weights` in place of `offsets` where a class has no shot that can be held out, where all classes have as many, and where
  /// shots do not all count the same, so that their number is not what holds a class back.
  func possible(for samples: Samples) -> ClassBalance {
    guard self == .offsets else { return self }
    let heldOut = Set(samples.replaceable.map { samples.classOf[$0] })
    let isPossible =
      heldOut.count == samples.classCount && Set(samples.counts).count > 1 && samples.weights == nil
    return isPossible ? .offsets : .weights
  }
}

extension Fit {
  /// Shifts scores and held-out scores by the offsets that the held-out ones tell; what has no bias stays.
  mutating func shift(by samples: Samples) {
    let offsets: [Float]
    switch scorer {
    case .linear(let classifier, let gain):
      offsets = ScoreOffsets(heldOut, samples).values
      scorer = .linear(classifier.shifted(by: offsets), gain: gain)
    case .perceptron(let perceptron, let gain):
      offsets = ScoreOffsets(heldOut, samples).values
      scorer = .perceptron(perceptron.shifted(by: offsets), gain: gain)
    case .prototype, .nearest: return
    }
    for row in 0..<heldOut.rows {
      for (place, offset) in offsets.enumerated() { heldOut[row, place] += offset }
    }
  }
}

extension LinearClassifier {
  fileprivate func shifted(by offsets: [Float]) -> LinearClassifier {
    LinearClassifier(weights: weights, bias: zip(bias, offsets).map { $0 + $1 })
  }
}

extension Perceptron {
  fileprivate func shifted(by offsets: [Float]) -> Perceptron {
    Perceptron(
      hidden: hidden, hiddenBias: hiddenBias, output: output,
      outputBias: zip(outputBias, offsets).map { $0 + $1 })
  }
}
