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
    var result = Matrix(rows: embeddings.rows, columns: bias.count)
    writeLogits(of: embeddings, gain: gain, to: &result)
    return result
  }

  /// The same in the place of what `result` held, which has a column a class.
  func writeLogits(of embeddings: Matrix, gain: Float, to result: inout Matrix) {
    switch weights {
    case .float(let matrix): embeddings.writeTimesTransposed(matrix, to: &result)
    case .int8(let codes, let scales): embeddings.writeProduct(codes, scales: scales, to: &result)
    }
    for row in 0..<result.rows {
      for place in 0..<result.columns { result[row, place] = gain * result[row, place] + bias[place] }
    }
  }

  /// With the weights and biases of another, which has as many, added.
  func adding(_ other: LinearClassifier?) -> LinearClassifier {
    guard let other, case .float(var sum) = weights, case .float(let weights) = other.weights else {
      return self
    }
    sum.add(1, weights)
    return LinearClassifier(weights: .float(sum), bias: zip(bias, other.bias).map { $0 + $1 })
  }
}

extension Matrix {
  /// Writes the products of every row with every row of codes, each times its scale.
  func writeProduct(_ codes: [Int8], scales: [Float], to result: inout Matrix) {
    precondition(
      result.rows == rows && result.columns == scales.count && codes.count == scales.count * columns,
      "the product does not fit")
    let resultStride = result.stride
    unsafe result.withMutableValues { out in
      unsafe withValues { rows in
        unsafe codes.withUnsafeBufferPointer { codes in
          for place in 0..<scales.count {
            let codes = unsafe UnsafeBufferPointer(
              rebasing: codes[place * columns..<(place + 1) * columns])
            for row in 0..<self.rows {
              let product = unsafe dotOfCodes(rows + row * stride, codes)
              unsafe out[row * resultStride + place] = product * scales[place]
            }
          }
        }
      }
    }
  }
}

private func dotOfCodes(
  _ embedding: UnsafePointer<Float>, _ codes: UnsafeBufferPointer<Int8>
) -> Float {
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
