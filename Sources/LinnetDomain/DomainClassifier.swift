internal import LinnetAlgebra

/// A logistic regression that tells frames from shots, by Newton steps in the span of both.
enum DomainClassifier {
  /// How many times likelier a shot is as a frame than as a shot, a number a shot: importance weights (Bickel and others
  /// 2007), between a tenth and ten times their mean, which is 1.
  ///
  /// The regression is of unit rows, with `½ ‖w‖²` as penalty and both sides of equal weight; as leaning on the fitted rows
  /// themselves would tell nearly all apart, it is fitted on every other row and asked about the rest.
  static func densityRatios(source: Matrix, target: Matrix) -> [Float] {
    var ratios = [Float](repeating: 1, count: source.rows)
    guard source.rows > 3, target.rows > 3 else { return ratios }
    for half in 0..<2 {
      let fitted = (0..<source.rows).filter { $0 % 2 != half }
      let asked = (0..<source.rows).filter { $0 % 2 == half }
      let others = (0..<target.rows).filter { $0 % 2 != half }
      let samples = source.selecting(fitted).appending(target.selecting(others))
      let isFrame = fitted.map { _ in false } + others.map { _ in true }
      let scores = scores(samples, isFrame: isFrame, queries: source.selecting(asked))
      for (row, score) in zip(asked, scores) {
        ratios[row] = power(min(max(score, -4), 4))
      }
    }
    let mean = ratios.reduce(0, +) / Float(ratios.count)
    return ratios.map { min(max($0 / mean, 0.1), 10) }
  }

  /// Log odds of the queries to be frames.
  static func scores(_ samples: Matrix, isFrame: [Bool], queries: Matrix) -> [Float] {
    let gram = samples.timesTransposed(samples, isSymmetric: true)
    let cross = queries.timesTransposed(samples)
    let frames = isFrame.count { $0 }
    let strengths = isFrame.map { side -> Float in
      Float(isFrame.count) / (2 * Float(max(side ? frames : isFrame.count - frames, 1)))
    }
    // Newton's steps in the dual (Jaakkola, Haussler, "Probabilistic kernel regression models", 1999), the intercept as one
    // more feature of value 1.
    var duals = [Float](repeating: 0, count: isFrame.count)
    for _ in 0..<12 {
      var curvature = [Float](repeating: 0, count: duals.count)
      var goal = [Float](repeating: 0, count: duals.count)
      for row in duals.indices {
        var score: Float = 0
        for other in duals.indices { score += (gram[row, other] + 1) * duals[other] }
        let probability = 1 / (1 + power(-min(max(score, -30), 30)))
        curvature[row] = max(strengths[row] * probability * (1 - probability), 1e-4)
        let residual = strengths[row] * ((isFrame[row] ? 1 : 0) - probability)
        goal[row] = curvature[row].squareRoot() * (score + residual / curvature[row])
      }
      var system = Matrix(rows: duals.count, columns: duals.count)
      for row in duals.indices {
        for other in duals.indices {
          system[row, other] =
            curvature[row].squareRoot() * (gram[row, other] + 1) * curvature[other].squareRoot()
        }
        system[row, row] += 1
      }
      let metric = LinearMetric(system)
      let solved = metric.unwhitened(
        metric.whitened(Matrix(rows: 1, columns: goal.count, dense: goal)))
      duals = duals.indices.map { curvature[$0].squareRoot() * solved[0, $0] }
    }
    return (0..<queries.rows).map { row in
      duals.indices.reduce(Float(0)) { $0 + (cross[row, $1] + 1) * duals[$1] }
    }
  }

  static func power(_ x: Float) -> Float { exponential(SIMD8(repeating: x))[0] }
}
