internal import LinnetAlgebra

/// What is done to an embedding before a head sees it.
enum EmbeddingTreatment: String, Sendable {
  case raw
  /// Divided by its Euclidean length.
  case l2

  /// `rows` holds whole embeddings of `dimension` numbers. One that is zero or not finite becomes zero, which is like
  /// no class.
  func matrix(of rows: [Float], dimension: Int) -> Matrix {
    let count = rows.count / dimension
    var result = Matrix(rows: count, columns: dimension)
    let stride = result.stride
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe result.withMutableValues { out in
        for row in 0..<count {
          let embedding = unsafe UnsafeBufferPointer(rebasing: rows[row * dimension..<(row + 1) * dimension])
          let factor = unsafe factor(of: embedding)
          guard factor > 0 else { continue }
          for place in 0..<dimension { unsafe out[row * stride + place] = embedding[place] * factor }
        }
      }
    }
    return result
  }

  /// What the embedding is multiplied with; zero when it is to be ignored.
  private func factor(of embedding: UnsafeBufferPointer<Float>) -> Float {
    var squares = SIMD4<Double>()
    for place in stride(from: 0, to: embedding.count - 3, by: 4) {
      let four = unsafe SIMD4(
        Double(embedding[place]), Double(embedding[place + 1]), Double(embedding[place + 2]),
        Double(embedding[place + 3]))
      squares += four * four
    }
    var total = squares.x + squares.y + (squares.z + squares.w)
    for place in embedding.count / 4 * 4..<embedding.count {
      total += unsafe Double(embedding[place]) * Double(embedding[place])
    }
    guard total.isFinite else { return 0 }
    switch self {
    case .raw: return 1
    case .l2:
      let factor = Float(1 / total.squareRoot())
      return factor.isFinite ? factor : 0
    }
  }
}
