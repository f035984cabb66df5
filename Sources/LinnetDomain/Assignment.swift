internal import LinnetAlgebra

/// Frames shared out among classes; all matrices class × frame.
enum Assignment {
  /// Probabilities `p ∝ exp(score + q)`, a distribution a frame, with the q that make every class's share of the frames
  /// `proportions` at `strength` 1 (Cuturi, "Sinkhorn Distances", 2013: rows and columns scaled in turn), draw it there only
  /// partly below (Chizat and others 2018: a marginal that is penalised, not held), and are zero at 0.
  static func transport(_ scores: Matrix, proportions: [Float], strength: Float, rounds: Int = 80) -> Matrix {
    var offsets = [Float](repeating: 0, count: scores.rows)
    var result = softmax(scores, offsets: offsets)
    guard strength > 0, scores.columns > 0 else { return result }
    for _ in 0..<rounds {
      for place in 0..<scores.rows {
        let share = mean(result, row: place)
        let mass = logarithm(Double(max(share, 1e-20))) - Double(offsets[place])
        offsets[place] = strength * Float(logarithm(Double(proportions[place])) - mass)
      }
      let greatest = offsets.max() ?? 0
      for place in offsets.indices { offsets[place] -= greatest }
      result = softmax(scores, offsets: offsets)
    }
    return result
  }

  /// Down every column.
  static func softmax(_ scores: Matrix, offsets: [Float]) -> Matrix {
    var result = scores
    let (rows, stride) = (scores.rows, scores.stride)
    unsafe result.withMutableValues { values in
      for column in Swift.stride(from: 0, to: stride, by: 8) {
        var greatest = SIMD8<Float>(repeating: -.greatestFiniteMagnitude)
        for row in 0..<rows {
          unsafe greatest = pointwiseMax(greatest, lanes(values + row * stride + column) + offsets[row])
        }
        var total = SIMD8<Float>()
        for row in 0..<rows {
          let place = unsafe values + row * stride + column
          let power = unsafe exponential(lanes(place) + offsets[row] - greatest)
          total += power
          unsafe store(power, place)
        }
        for row in 0..<rows {
          let place = unsafe values + row * stride + column
          unsafe store(lanes(place) / total, place)
        }
      }
      // What lies beyond the last column must be zero.
      for row in 0..<rows {
        for column in scores.columns..<stride { unsafe values[row * stride + column] = 0 }
      }
    }
    return result
  }

  /// Every class's scores moved to mean 0, and all divided by their common deviation.
  ///
  /// - Parameter weights: what every frame counts in both, 1 on average; `nil`: all the same.
  static func standardised(_ scores: Matrix, weights: [Float]? = nil) -> Matrix {
    var result = scores
    var squares = 0.0
    for place in 0..<scores.rows {
      let mean = mean(scores, row: place, weights: weights)
      for frame in 0..<scores.columns {
        result[place, frame] -= mean
        let rest = Double(result[place, frame])
        squares += Double(weights?[frame] ?? 1) * rest * rest
      }
    }
    let deviation = (squares / Double(max(scores.rows * scores.columns, 1))).squareRoot()
    if deviation > 1e-12 { result.scale(Float(1 / deviation)) }
    return result
  }

  /// - Parameter weights: what every column counts, 1 on average; `nil`: all the same.
  static func mean(_ matrix: Matrix, row: Int, weights: [Float]? = nil) -> Float {
    var sum = 0.0
    for column in 0..<matrix.columns { sum += Double(weights?[column] ?? 1) * Double(matrix[row, column]) }
    return Float(sum / Double(max(matrix.columns, 1)))
  }

  /// The class of the greatest probability of every frame, the first of equals.
  static func labels(_ probabilities: Matrix) -> [Int] {
    (0..<probabilities.columns).map { frame in
      var best = 0
      for place in 0..<probabilities.rows where probabilities[place, frame] > probabilities[best, frame] {
        best = place
      }
      return best
    }
  }

  /// One where the label is, else zero.
  static func memberships(_ labels: [Int], classCount: Int) -> Matrix {
    var result = Matrix(rows: classCount, columns: labels.count)
    for (frame, place) in labels.enumerated() { result[place, frame] = 1 }
    return result
  }
}
