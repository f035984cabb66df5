public import LinnetAlgebra

extension EmbeddingTreatment {
  /// The treated embeddings, a row each; `rows` holds whole embeddings of `dimension` numbers, one after the other. One
  /// that is zero or not finite becomes zero, which is like no class.
  public func matrix(of rows: [Float], dimension: Int) -> Matrix {
    var treated = TreatedEmbeddings(self, count: rows.count / dimension)
    treated.take(rows, dimension: dimension)
    return treated.matrix
  }

  /// The same for some rows of several arrays, in the order of their places, of one matrix.
  ///
  /// - Precondition: there is no ``prior``.
  func matrix(of parts: [(rows: [Float], dimension: Int, places: [Int])]) -> Matrix {
    var result = Matrix(rows: parts.reduce(0) { $0 + $1.places.count }, columns: width)
    var row = 0
    for part in parts {
      for place in part.places {
        write(part.rows, place: place, dimension: part.dimension, to: &result, row: row)
        row += 1
      }
    }
    return result
  }

  /// Writes the treated embedding that stands at `place` among `rows`.
  ///
  /// - Precondition: there is no ``prior``.
  func write(_ rows: [Float], place: Int, dimension: Int, to result: inout Matrix, row: Int) {
    precondition(prior == nil, "a prior treats by itself")
    let (range, stride) = (place * dimension..<(place + 1) * dimension, result.stride)
    unsafe result.withMutableValues { out in
      unsafe rows.withUnsafeBufferPointer { rows in
        let embedding = unsafe UnsafeBufferPointer(rebasing: rows[range])
        unsafe treat(embedding, out + row * stride)
      }
    }
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
      if squares > 0 {
        unsafe squaresOfAll += treat(part, block, squares, place, out + place)
      } else {
        for column in 0..<part.count { unsafe out[place + column] = 0 }
      }
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
