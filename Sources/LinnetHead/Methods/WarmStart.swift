internal import LinnetAlgebra

/// A head trained further, from the shots of now and what the head before knows of those then: its weights and its class
/// means.
///
/// Weights are held back to where they were instead of to zero (Li, Grandvalet, Davoine, "Explicit Inductive Bias for
/// Transfer Learning with Convolutional Networks", 2018); the mean of each earlier class takes part as a shot of it, so
/// that the class is not forgotten (Zhu, Zhang, Wang, Yin, Liu, "Prototype Augmentation and Self-Supervision for
/// Incremental Learning", 2021); a new class begins as its mean, scaled like the others' weights (Qi, Brown, Lowe,
/// "Low-Shot Learning with Imprinted Weights", 2018).
struct WarmStart {
  /// Classes of the earlier head come first, then new ones in the order of the shots.
  let classes: [String]
  /// The shots, and after them the means of the earlier classes, in places of ``classes``.
  let samples: Samples
  /// How many of the samples are shots.
  let shotCount: Int
  /// The means of all shots, those of then and of now.
  let prototypes: Prototypes
  private let earlierCount: Int

  /// - Parameter earlier: has class means.
  init(_ shots: Shots, earlier: Head, prototypes before: Prototypes) throws(HeadError) {
    var classes = earlier.classes
    var places: [String: Int] = [:]
    for (place, name) in classes.enumerated() { places[name] = place }
    for name in shots.classes where places[name] == nil {
      places[name] = classes.count
      classes.append(name)
    }
    let treated = Samples(shots, earlier.treatment)
    let classOf = shots.classOf.map { places[shots.classes[$0], default: 0] }
    var prototypes = before
    for _ in earlier.classes.count..<classes.count { prototypes.appendClass() }
    for (row, place) in classOf.enumerated() {
      guard prototypes.counts[place] < Prototypes.shotLimit else {
        throw .tooManyShots(label: classes[place], limit: Prototypes.shotLimit)
      }
      prototypes.add(treated.matrix, row: row, to: place)
    }
    for place in Set(classOf) { prototypes.renewDirection(of: place) }
    self.classes = classes
    self.prototypes = prototypes
    shotCount = shots.count
    earlierCount = earlier.classes.count
    // A mean stands for as many shots as a class of now has, if it was made of so many.
    let typical = Float(shots.count) / Float(max(shots.classes.count, 1))
    samples = Samples(
      treated.matrix.appending(before.directions), classOf: classOf + Array(0..<earlierCount),
      classCount: classes.count,
      weights: (shots.weights ?? [Float](repeating: 1, count: shots.count))
        + before.counts.map { min(Float($0), max(typical, 1)) },
      groups: treated.groups + [Int?](repeating: nil, count: earlierCount))
  }

  /// The classifier before, with a row for each new class.
  func classifier(_ earlier: LinearClassifier, gain: Float) -> LinearClassifier? {
    guard case .float(let weights) = earlier.weights else { return nil }
    let all = imprinted(weights, earlier.bias, means: prototypes.directions, gain: gain)
    return LinearClassifier(weights: .float(all.weights), bias: all.bias)
  }

  /// The layers before, in coordinates of `gain` times the samples with a last one, with an output for each new class.
  func layers(_ earlier: Perceptron, gain: Float) -> PerceptronLayers {
    let hidden = earlier.hidden.appendingColumn(earlier.hiddenBias)
    var layers = PerceptronLayers(hidden: hidden, output: Matrix(rows: 0, columns: 0))
    var means = prototypes.directions
    means.scale(gain)
    let units = layers.units(means.appendingOnes()).prefix(columns: earlier.width)
    let all = imprinted(earlier.output, earlier.outputBias, means: units, gain: 1)
    layers.output = all.weights.appendingColumn(all.bias)
    return layers
  }

  /// The rows of `weights`, and for each new class the way from the middle of all classes to its mean, as long as those are
  /// on average; at its mean it scores what they do on average at theirs.
  private func imprinted(
    _ weights: Matrix, _ bias: [Float], means: Matrix, gain: Float
  ) -> (weights: Matrix, bias: [Float]) {
    let count = Float(weights.rows)
    let length = lengths(weights).reduce(0, +) / count
    var middle = Matrix(rows: 1, columns: means.columns)
    for row in 0..<means.rows { middle.add(1 / Float(means.rows), means, row: row, to: 0) }
    let scores = (0..<weights.rows).map { gain * weights.dot(row: $0, means, row: $0) + bias[$0] }
    let score = scores.reduce(0, +) / count
    var new = means.rows(Array(earlierCount..<classes.count))
    var biases = bias
    for row in 0..<new.rows {
      new.add(-1, middle, row: 0, to: row)
      let way = new.dot(row: row, new, row: row).squareRoot()
      new.add((way > 0 ? length / way : 0) - 1, from: row, to: row, length: new.columns)
      biases.append(score - gain * new.dot(row: row, means, row: earlierCount + row))
    }
    return (weights.appending(new), biases)
  }

  private func lengths(_ matrix: Matrix) -> [Float] {
    (0..<matrix.rows).map { matrix.dot(row: $0, matrix, row: $0).squareRoot() }
  }
}

extension Matrix {
  /// The rows of another below.
  fileprivate func appending(_ other: Matrix) -> Matrix {
    var result = Matrix(rows: rows + other.rows, columns: columns)
    for row in 0..<rows { result.add(1, self, row: row, to: row) }
    for row in 0..<other.rows { result.add(1, other, row: row, to: rows + row) }
    return result
  }

  /// With a last column.
  fileprivate func appendingColumn(_ column: [Float]) -> Matrix {
    var result = appendingOnes()
    for row in 0..<rows { result[row, columns] = column[row] }
    return result
  }
}
