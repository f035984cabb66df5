internal import LinnetAlgebra

/// The layers of a ``Perceptron`` in training, and the loss and its gradient on some samples. A sample's last number is
/// one, and so is a last hidden unit, so that the last column of each layer is its bias.
struct PerceptronLayers: Sendable {
  /// Hidden unit × number of a sample.
  var hidden: Matrix
  /// Class × hidden unit and one.
  var output: Matrix

  /// - Parameter length: of the samples; hidden units begin with a variance of about two (He, Zhang, Ren, Sun, "Delving
  ///   Deep into Rectifiers", 2015), the output at zero.
  init(width: Int, columns: Int, classCount: Int, length: Float, random: inout SplitMix) {
    hidden = Matrix(rows: width, columns: columns)
    output = Matrix(rows: classCount, columns: width + 1)
    // Uniform in ±√3 · deviation.
    let bound = Float(6).squareRoot() / length
    for unit in 0..<width {
      for column in 0..<columns - 1 {
        hidden[unit, column] = bound * (Float(random.below(1 << 24)) / 8_388_608 - 1)
      }
    }
  }

  init(hidden: Matrix, output: Matrix) {
    self.hidden = hidden
    self.output = output
  }

  /// The hidden units of samples, each with a last one.
  ///
  /// - Parameter kept: what each unit of each sample is multiplied with; `nil`: one.
  func units(_ samples: Matrix, kept: Matrix? = nil) -> Matrix {
    let sums = samples.timesTransposed(hidden)
    var units = Matrix(rows: samples.rows, columns: hidden.rows + 1)
    for row in 0..<samples.rows {
      for unit in 0..<hidden.rows {
        let value = max(sums[row, unit], 0)
        units[row, unit] = kept.map { value * $0[row, unit] } ?? value
      }
      units[row, hidden.rows] = 1
    }
    return units
  }

  /// The scores of samples, a row a sample.
  func scores(_ samples: Matrix) -> Matrix { units(samples).timesTransposed(output) }

  /// The loss `Σ_i strength_i · loss_i + penalty / 2 · (‖hidden‖² + ‖output‖²)`, biases apart, and its gradient.
  ///
  /// - Parameter anchor: what the layers are held back to; `nil`: zero.
  func slope(
    _ samples: Matrix, _ targets: Targets, penalty: Float, anchor: PerceptronLayers? = nil,
    kept: Matrix? = nil
  ) -> (
    loss: Double, hidden: Matrix, output: Matrix
  ) {
    let units = units(samples, kept: kept)
    var residuals = units.timesTransposed(output)
    var loss = targets.loss(&residuals)
    var outputSlope = Matrix(rows: output.rows, columns: output.columns)
    var unitSlope = Matrix(rows: samples.rows, columns: units.columns)
    for row in 0..<samples.rows {
      for place in 0..<output.rows where residuals[row, place] != 0 {
        outputSlope.add(residuals[row, place], units, row: row, to: place)
        unitSlope.add(residuals[row, place], output, row: place, to: row)
      }
    }
    var hiddenSlope = Matrix(rows: hidden.rows, columns: hidden.columns)
    for unit in 0..<hidden.rows {
      for row in 0..<samples.rows where units[row, unit] > 0 {
        let share = unitSlope[row, unit] * (kept.map { $0[row, unit] } ?? 1)
        hiddenSlope.add(share, samples, row: row, to: unit)
      }
    }
    loss +=
      0.5 * Double(penalty)
      * (hidden.addSlope(penalty, from: anchor?.hidden, to: &hiddenSlope)
        + output.addSlope(penalty, from: anchor?.output, to: &outputSlope))
    return (loss, hiddenSlope, outputSlope)
  }
}

extension Matrix {
  /// Adds `penalty` times the way from `anchor` (zero) to a slope, but for the last column; gives the squared length of that
  /// way.
  fileprivate func addSlope(_ penalty: Float, from anchor: Matrix?, to slope: inout Matrix) -> Double {
    var way = self
    if let anchor { way.add(-1, anchor) }
    for row in 0..<rows { way[row, columns - 1] = 0 }
    slope.add(penalty, way)
    return way.dot(way)
  }
}
