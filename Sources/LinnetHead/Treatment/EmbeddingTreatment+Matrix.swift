public import LinnetAlgebra

extension EmbeddingTreatment {
  /// The treated embeddings, a row each; `rows` holds whole embeddings of `dimension` numbers, one after the other. One
  /// that is zero or not finite becomes zero, which is like no class.
  public func matrix(of rows: [Float], dimension: Int) -> Matrix {
    if let prior { return prior.matrix(of: rows, dimension: dimension) }
    return matrix(of: [(rows, dimension, Array(0..<rows.count / dimension))])
  }

  /// The same for some rows of several arrays, in the order of their places, of one matrix.
  ///
  /// - Precondition: there is no ``prior``.
  func matrix(of parts: [(rows: [Float], dimension: Int, places: [Int])]) -> Matrix {
    precondition(prior == nil, "a prior treats by itself")
    var result = Matrix(rows: parts.reduce(0) { $0 + $1.places.count }, columns: width)
    let stride = result.stride
    unsafe result.withMutableValues { out in
      var row = 0
      for part in parts {
        unsafe part.rows.withUnsafeBufferPointer { rows in
          for place in part.places {
            let range = place * part.dimension..<(place + 1) * part.dimension
            let embedding = unsafe UnsafeBufferPointer(rebasing: rows[range])
            unsafe treat(embedding, out + row * stride)
            row += 1
          }
        }
      }
    }
    return result
  }

  private func treat(_ embedding: UnsafeBufferPointer<Float>, _ out: UnsafeMutablePointer<Float>) {
    var place = 0
    var squaresOfAll = 0.0
    for block in blocks {
      let part = unsafe UnsafeBufferPointer(rebasing: embedding[block.range])
      let squares = unsafe squaredLength(part)
      // A number that is not finite makes the whole embedding worthless; a block of zeros only itself.
      guard squares.isFinite else {
        for column in 0..<width { unsafe out[column] = 0 }
        return
      }
      if squares > 0 { unsafe squaresOfAll += treat(part, block, squares, place, out + place) }
      place += part.count
    }
    guard normalisesWhole, squaresOfAll > 0 else { return }
    let factor = Float(1 / squaresOfAll.squareRoot())
    for column in 0..<place { unsafe out[column] *= factor }
  }

  /// Writes one block that is not zero, and returns the squared length of what it wrote.
  private func treat(
    _ part: UnsafeBufferPointer<Float>, _ block: Block, _ squares: Double, _ place: Int,
    _ out: UnsafeMutablePointer<Float>
  ) -> Double {
    if block.power == .none, centre == nil, deviation == nil {
      return unsafe scale(part, squares, block.weight, out)
    }
    for column in part.indices {
      var number = unsafe part[column]
      if block.power == .squareRoot { number = number < 0 ? -(-number).squareRoot() : number.squareRoot() }
      if let centre { number -= centre[place + column] }
      if let deviation { number /= deviation[place + column] }
      unsafe out[column] = number
    }
    let treated = unsafe UnsafeBufferPointer(start: UnsafePointer(out), count: part.count)
    let squares = unsafe squaredLength(treated)
    guard squares.isFinite, squares > 0 else {
      for column in part.indices { unsafe out[column] = 0 }
      return 0
    }
    return unsafe scale(treated, squares, block.weight, out)
  }

  private func scale(
    _ part: UnsafeBufferPointer<Float>, _ squares: Double, _ weight: Float, _ out: UnsafeMutablePointer<Float>
  ) -> Double {
    var factor = isNormalised ? Float(1 / squares.squareRoot()) : 1
    if !factor.isFinite { factor = 0 }
    if weight != 1 { factor *= weight.squareRoot() }
    for column in part.indices { unsafe out[column] = part[column] * factor }
    return squares * Double(factor) * Double(factor)
  }

  private func squaredLength(_ part: UnsafeBufferPointer<Float>) -> Double {
    var squares = SIMD4<Double>()
    for place in stride(from: 0, to: part.count - 3, by: 4) {
      let four = unsafe SIMD4(
        Double(part[place]), Double(part[place + 1]), Double(part[place + 2]), Double(part[place + 3]))
      squares += four * four
    }
    var total = squares.x + squares.y + (squares.z + squares.w)
    for place in part.count / 4 * 4..<part.count { unsafe total += Double(part[place]) * Double(part[place]) }
    return total
  }
}
