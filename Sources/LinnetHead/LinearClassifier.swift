internal import LinnetAlgebra

/// A weight vector and a bias a class.
struct LinearClassifier: Sendable {
  enum Weights: Sendable {
    /// A row a class.
    case float(Matrix)
    /// Rows of `dimension` codes, each row with its scale.
    case int8([Int8], scales: [Float])
  }

  let weights: Weights
  let bias: [Float]

  /// `gain · weights · embedding + bias`, a row an embedding.
  func logits(of embeddings: Matrix, gain: Float) -> Matrix {
    var result =
      switch weights {
      case .float(let matrix): embeddings.timesTransposed(matrix)
      case .int8(let codes, let scales): LinearClassifier.product(embeddings, codes, scales)
      }
    for row in 0..<result.rows {
      for place in 0..<result.columns { result[row, place] = gain * result[row, place] + bias[place] }
    }
    return result
  }

  /// With the weights and biases of another, which has as many, added.
  func adding(_ other: LinearClassifier?) -> LinearClassifier {
    guard let other, case .float(var sum) = weights, case .float(let weights) = other.weights else {
      return self
    }
    sum.add(1, weights)
    return LinearClassifier(weights: .float(sum), bias: zip(bias, other.bias).map { $0 + $1 })
  }

  private static func product(_ embeddings: Matrix, _ codes: [Int8], _ scales: [Float]) -> Matrix {
    var result = Matrix(rows: embeddings.rows, columns: scales.count)
    let (resultStride, dimension) = (result.stride, embeddings.columns)
    unsafe result.withMutableValues { out in
      unsafe embeddings.withValues { rows in
        unsafe codes.withUnsafeBufferPointer { codes in
          for place in 0..<scales.count {
            let codes = unsafe UnsafeBufferPointer(
              rebasing: codes[place * dimension..<(place + 1) * dimension])
            for row in 0..<embeddings.rows {
              let dot = unsafe dot(rows + row * embeddings.stride, codes)
              unsafe out[row * resultStride + place] = dot * scales[place]
            }
          }
        }
      }
    }
    return result
  }

  private static func dot(_ embedding: UnsafePointer<Float>, _ codes: UnsafeBufferPointer<Int8>) -> Float {
    var total = SIMD8<Float>()
    let whole = codes.count / 8 * 8
    for place in stride(from: 0, to: whole, by: 8) {
      let eight = unsafe UnsafeRawPointer(codes.baseAddress! + place).loadUnaligned(as: SIMD8<Int8>.self)
      unsafe total += lanes(embedding + place) * SIMD8<Float>(eight)
    }
    for place in whole..<codes.count {
      unsafe total[place - whole] += embedding[place] * Float(codes[place])
    }
    return sum(total)
  }
}
