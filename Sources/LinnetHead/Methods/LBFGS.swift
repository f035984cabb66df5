internal import LinnetAlgebra

/// Limited-memory BFGS (Nocedal, "Updating Quasi-Newton Matrices with Limited Storage", 1980) with a line search for the
/// weak Wolfe conditions, in coordinates whitened by the shared Hessian – of the start, and once more of the point
/// reached after a few steps, which is what makes the rest short.
struct LBFGS {
  /// Steps with the first metric.
  private static let firstSteps = 6
  /// Pairs remembered.
  private static let memory = 5
  private static let mostSteps = 400

  /// Where it ended: coefficients, logits and what ``SoftmaxObjective/loss(_:)`` leaves.
  let coefficients: Matrix
  let logits: Matrix
  let residuals: Matrix
  let loss: Double
  let steps: Int

  /// From coefficients of zero until the distance to the least loss, as half the squared length of the whitened gradient estimates it, is
  /// at most `tolerance` of the loss.
  init(_ objective: SoftmaxObjective, tolerance: Double) {
    var coefficients = Matrix(rows: objective.classCount, columns: objective.samples.columns)
    var logits = objective.start ?? Matrix(rows: objective.classCount, columns: objective.samples.rows)
    var residuals = logits
    var loss = objective.loss(&residuals)
    var metric = LinearMetric(objective.sharedHessian(objective.curvatures(residuals, logits)))
    var gradient = metric.whitened(objective.gradient(residuals, coefficients))
    var pairs: [(step: Matrix, change: Matrix, product: Double)] = []
    var steps = 0
    var isFirstMetric = true
    while steps < LBFGS.mostSteps {
      let isNear = gradient.dot(gradient) <= 2 * tolerance * loss
      if isNear, !isFirstMetric { break }
      if isFirstMetric, isNear || steps == LBFGS.firstSteps {
        metric = LinearMetric(objective.sharedHessian(objective.curvatures(residuals, logits)))
        gradient = metric.whitened(objective.gradient(residuals, coefficients))
        pairs = []
        isFirstMetric = false
      }
      let direction = LBFGS.direction(gradient, pairs)
      let search = LineSearch(
        objective, from: coefficients, logits: logits, loss: loss, along: metric.unwhitened(direction),
        slope: gradient.dot(direction))
      guard let found = search.found else { break }
      coefficients.add(found.length, search.direction)
      logits.add(found.length, search.change)
      residuals = found.residuals
      loss = found.loss
      let next = metric.whitened(objective.gradient(residuals, coefficients))
      var change = next
      change.add(-1, gradient)
      var step = direction
      step.scale(found.length)
      let product = step.dot(change)
      if product > 0 { pairs.append((step, change, product)) }
      if pairs.count > LBFGS.memory { pairs.removeFirst() }
      gradient = next
      steps += 1
    }
    self.coefficients = coefficients
    self.logits = logits
    self.residuals = residuals
    self.loss = loss
    self.steps = steps
  }

  /// The two-loop recursion.
  private static func direction(
    _ gradient: Matrix, _ pairs: [(step: Matrix, change: Matrix, product: Double)]
  ) -> Matrix {
    var direction = gradient
    var shares: [Double] = []
    for pair in pairs.reversed() {
      let share = pair.step.dot(direction) / pair.product
      direction.add(Float(-share), pair.change)
      shares.append(share)
    }
    if let last = pairs.last { direction.scale(Float(last.product / last.change.dot(last.change))) }
    for (pair, share) in zip(pairs, shares.reversed()) {
      let back = pair.change.dot(direction) / pair.product
      direction.add(Float(share - back), pair.step)
    }
    direction.scale(-1)
    return direction
  }
}

/// A step along a direction that satisfies the weak Wolfe conditions, by bisection; the logits are linear in the step's
/// length, so that a trial costs no matrix product.
private struct LineSearch {
  let direction: Matrix
  /// Of the logits, for a step of length one.
  let change: Matrix
  /// `nil` when rounding leaves no better point.
  let found: (length: Float, loss: Double, residuals: Matrix)?

  init(
    _ objective: SoftmaxObjective, from coefficients: Matrix, logits: Matrix, loss: Double,
    along direction: Matrix,
    slope: Double
  ) {
    self.direction = direction
    let change = objective.logits(direction)
    self.change = change
    let penalty = 0.5 * objective.penalised(coefficients, coefficients)
    let linear = objective.penalised(coefficients, direction)
    let square = objective.penalised(direction, direction)
    // Losses nearer than this differ by rounding only.
    let noise = 1e-7 * loss
    var (least, greatest): (Float, Float) = (0, .infinity)
    var length: Float = 1
    for _ in 0..<40 {
      var residuals = logits
      residuals.add(length, change)
      let data = objective.loss(&residuals)
      let step = Double(length)
      let trial = data + penalty + step * linear + 0.5 * step * step * square
      if trial > loss + 1e-4 * step * slope + noise {
        greatest = length
      } else if residuals.dot(change) + linear + step * square < 0.9 * slope {
        least = length
      } else {
        found = (length, trial, residuals)
        return
      }
      length = greatest.isFinite ? (least + greatest) / 2 : 2 * length
    }
    found = nil
  }
}
