internal import LinnetAlgebra

/// Training of a ``PerceptronLayers`` in small steps, each on a few samples; a seed and samples make one result, to the
/// last bit.
struct PerceptronTraining {
  /// n × p, the last column of ones.
  private let samples: Matrix
  private let targets: Targets
  private let recipe: PerceptronRecipe
  private let penalty: Float
  private let anchor: PerceptronLayers?
  private var random: SplitMix
  private var descents: (hidden: Descent, output: Descent)
  private(set) var layers: PerceptronLayers

  /// From `layers` on.
  ///
  /// - Parameter anchor: what the weights are held back to; `nil`: zero.
  init(
    _ layers: PerceptronLayers, samples: Matrix, targets: Targets, recipe: PerceptronRecipe, random: SplitMix,
    anchor: PerceptronLayers? = nil
  ) {
    self.anchor = anchor
    self.layers = layers
    self.samples = samples
    self.targets = targets
    self.recipe = recipe
    self.random = random
    penalty = recipe.decay / Float(samples.rows)
    let rate = recipe.rate ?? recipe.optimiser.usualRate
    descents = (
      Descent(recipe.optimiser, rate: rate, rows: layers.hidden.rows, columns: layers.hidden.columns),
      Descent(recipe.optimiser, rate: rate, rows: layers.output.rows, columns: layers.output.columns)
    )
  }

  /// Sees every sample once, in a new order.
  ///
  /// - Returns: the mean of the steps' losses.
  mutating func epoch() -> Double {
    var order = Array(0..<samples.rows)
    random.choose(order.count, of: &order)
    var loss = 0.0
    for start in stride(from: 0, to: order.count, by: recipe.batch) {
      let rows = Array(order[start..<min(start + recipe.batch, order.count)])
      loss += step(rows) * Double(rows.count)
    }
    return loss / Double(order.count)
  }

  private mutating func step(_ rows: [Int]) -> Double {
    let share = 1 / Float(rows.count)
    let few = Targets(
      classOf: rows.map { targets.classOf[$0] }, strengths: rows.map { share * targets.strengths[$0] },
      focal: targets.focal)
    let slope = layers.slope(
      samples.rows(rows), few, penalty: penalty, anchor: anchor, kept: mask(rows.count))
    descents.hidden.step(&layers.hidden, slope.hidden)
    descents.output.step(&layers.output, slope.output)
    return slope.loss
  }

  /// Zero for the units that this step leaves out; the others make up for them.
  private mutating func mask(_ rows: Int) -> Matrix? {
    guard recipe.dropout > 0 else { return nil }
    let limit = Int(recipe.dropout * 65536)
    let scale = 1 / (1 - recipe.dropout)
    var mask = Matrix(rows: rows, columns: layers.hidden.rows)
    for row in 0..<rows {
      for first in stride(from: 0, to: mask.columns, by: 4) {
        let bits = random.next()
        for unit in first..<min(first + 4, mask.columns) {
          mask[row, unit] = Int(bits >> UInt64(16 * (unit - first)) & 65535) < limit ? 0 : scale
        }
      }
    }
    return mask
  }
}
