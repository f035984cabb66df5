internal import LinnetAlgebra

/// A classifier with one hidden layer: `output · max(0, hidden · x + b) + c`.
struct Perceptron: Sendable {
  /// The widest hidden layer.
  static let greatestWidth = 4096

  /// Hidden unit × component of an embedding.
  let hidden: Matrix
  let hiddenBias: [Float]
  /// Class × hidden unit.
  let output: Matrix
  let outputBias: [Float]

  init(hidden: Matrix, hiddenBias: [Float], output: Matrix, outputBias: [Float]) {
    self.hidden = hidden
    self.hiddenBias = hiddenBias
    self.output = output
    self.outputBias = outputBias
  }

  /// Of layers for `gain` times embeddings.
  init(_ layers: PerceptronLayers) {
    self.init(
      hidden: layers.hidden.prefix(columns: layers.hidden.columns - 1), hiddenBias: layers.hidden.lastColumn,
      output: layers.output.prefix(columns: layers.output.columns - 1), outputBias: layers.output.lastColumn)
  }

  var width: Int { hidden.rows }

  /// Writes the logits of `gain` times the embeddings, a row an embedding.
  ///
  /// - Parameter units: where the hidden units go, a column a unit.
  func writeLogits(of embeddings: Matrix, gain: Float, units: inout Matrix, to result: inout Matrix) {
    embeddings.writeTimesTransposed(hidden, to: &units)
    for row in 0..<units.rows {
      for unit in 0..<width { units[row, unit] = max(gain * units[row, unit] + hiddenBias[unit], 0) }
    }
    units.writeTimesTransposed(output, to: &result)
    for row in 0..<result.rows {
      for place in 0..<result.columns { result[row, place] += outputBias[place] }
    }
  }
}

extension Matrix {
  fileprivate var lastColumn: [Float] { (0..<rows).map { self[$0, columns - 1] } }
}
