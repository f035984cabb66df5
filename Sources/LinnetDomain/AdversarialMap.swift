internal import LinnetAlgebra

/// A linear map of shots that hides which world they come from: descent on the classes' loss and, with its gradient
/// reversed, ascent on that of a logistic regression that tells moved shots from frames (Ganin, Lempitsky, "Unsupervised
/// Domain Adaptation by Backpropagation", 2015). The map works in the frames' first principal directions and is held near
/// the identity; everything starts at zero, so that nothing is drawn by lot. Descent on one and ascent on the other circle
/// around where both rest, so that the map is the mean of the later half of the rounds.
struct AdversarialMap {
  /// What is added to coordinates: z + M z + b.
  private var map: Matrix
  private var shift: [Float]
  private let directions: Matrix

  /// - Parameters:
  ///   - source: rows of shots, standardised.
  ///   - target: rows of frames, standardised.
  init(
    source: Matrix, classOf: [Int], weights: [Float], classCount: Int, target: Matrix, dimensions: Int = 32,
    rounds: Int = 60
  ) {
    let covariance = Covariance(target)
    let width = min(dimensions, covariance.variances.count)
    directions = covariance.directions.selecting(Array(0..<width))
    let shots = source.timesTransposed(directions)
    let frames = target.timesTransposed(directions)
    // Coordinates of about unit length, so that one step size suits.
    let scale = 1 / max(covariance.variances.prefix(width).reduce(0, +), 1e-9).squareRoot()
    map = Matrix(rows: width, columns: width)
    shift = [Float](repeating: 0, count: width)
    var judge = [Float](repeating: 0, count: width + 1)
    var classes = Matrix(rows: classCount, columns: width + 1)
    let rate: Float = 0.5
    var (meanMap, meanShift) = (map, shift)
    let kept = Float(rounds - rounds / 2)
    for round in 0..<rounds {
      var moved = shots.timesTransposed(map)
      moved.add(1, shots)
      for row in 0..<moved.rows { for place in 0..<width { moved[row, place] += shift[place] } }
      var judgeSlope = [Float](repeating: 0, count: width + 1)
      var classSlope = Matrix(rows: classCount, columns: width + 1)
      var mapSlope = Matrix(rows: width, columns: width)
      var shiftSlope = [Float](repeating: 0, count: width)
      for row in 0..<frames.rows {
        let residual = AdversarialMap.probability(judge, frames, row, scale) - 1
        for place in 0..<width {
          judgeSlope[place] += residual * frames[row, place] * scale / Float(frames.rows)
        }
        judgeSlope[width] += residual / Float(frames.rows)
      }
      for row in 0..<moved.rows {
        let weight = weights[row] / Float(moved.rows)
        let residual = AdversarialMap.probability(judge, moved, row, scale)
        var logits = (0..<classCount).map { place in
          (0..<width).reduce(classes[place, width]) { $0 + classes[place, $1] * moved[row, $1] * scale }
        }
        logits = softmax(logits, temperature: 1)
        logits[classOf[row]] -= 1
        for column in 0..<width {
          judgeSlope[column] += weight * residual * moved[row, column] * scale
          var slope = -residual * judge[column]
          for place in 0..<classCount {
            slope += logits[place] * classes[place, column]
            classSlope[place, column] += weight * logits[place] * moved[row, column] * scale
          }
          slope *= weight * scale
          shiftSlope[column] += slope
          for other in 0..<width { mapSlope[column, other] += slope * shots[row, other] }
        }
        judgeSlope[width] += weight * residual
        for place in 0..<classCount { classSlope[place, width] += weight * logits[place] }
      }
      for place in judge.indices {
        judge[place] -= rate * 8 * (judgeSlope[place] + 0.01 * judge[place])
      }
      classes.add(-rate * 8, classSlope)
      map.scale(1 - rate * 0.02)
      map.add(-rate * scale * 0.5, mapSlope)
      for place in shift.indices { shift[place] -= rate * 0.5 / scale * shiftSlope[place] }
      guard round >= rounds / 2 else { continue }
      meanMap.add(1 / kept, map)
      for place in shift.indices { meanShift[place] += shift[place] / kept }
    }
    (map, shift) = (meanMap, meanShift)
  }

  /// Standardised shots, moved.
  func moved(_ rows: Matrix) -> Matrix {
    let coordinates = rows.timesTransposed(directions)
    let steps = coordinates.timesTransposed(map).adding(shift)
    var result = steps.timesTransposed(directions.transposed)
    result.add(1, rows)
    return result
  }

  private static func probability(_ judge: [Float], _ rows: Matrix, _ row: Int, _ scale: Float) -> Float {
    var score = judge[judge.count - 1]
    for place in 0..<judge.count - 1 { score += judge[place] * rows[row, place] * scale }
    return 1 / (1 + DomainClassifier.power(-min(max(score, -30), 30)))
  }
}
