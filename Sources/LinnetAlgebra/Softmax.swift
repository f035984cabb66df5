/// The probabilities that scores divided by `temperature` stand for.
public func softmax(_ scores: [Float], temperature: Float) -> [Float] {
  guard let greatest = scores.max() else { return [] }
  var padded = scores
  padded += [Float](repeating: 0, count: (8 - scores.count % 8) % 8)
  unsafe padded.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return }
    unsafe writeSoftmax(base, count: scores.count, greatest: greatest, temperature: temperature)
  }
  padded.removeLast(padded.count - scores.count)
  return padded
}

extension Matrix {
  /// The greatest element of a row; of the elements before `count`, where it is given. `nil` where there is none.
  public func greatest(row: Int, count: Int? = nil) -> Float? {
    let (count, stride) = (count ?? columns, stride)
    guard count > 0 else { return nil }
    return unsafe withValues { values in
      var greatest = unsafe values[row * stride]
      for column in 1..<count { greatest = unsafe max(greatest, values[row * stride + column]) }
      return greatest
    }
  }

  /// Puts in the place of a row's scores the probabilities that they stand for, divided by `temperature`: bit for bit those
  /// of ``softmax(_:temperature:)``.
  public mutating func softmax(row: Int, temperature: Float) {
    guard let greatest = greatest(row: row) else { return }
    let (columns, stride) = (columns, stride)
    unsafe withMutableValues { values in
      unsafe writeSoftmax(
        values + row * stride, count: columns, greatest: greatest, temperature: temperature)
    }
  }
}

extension Matrix {
  /// Puts in the place of a row's first `count` elements e to their power.
  public mutating func exponentiate(row: Int, count: Int) {
    let (columns, stride) = (columns, stride)
    unsafe withMutableValues { values in
      let values = unsafe values + row * stride
      for place in Swift.stride(from: 0, to: count, by: 8) {
        unsafe store(exponential(lanes(values + place)), values + place)
      }
      for place in columns..<stride { unsafe values[place] = 0 }
    }
  }
}

/// - Parameter values: `count` scores, and as many places more as make it a multiple of eight; those are zero afterwards.
private func writeSoftmax(
  _ values: UnsafeMutablePointer<Float>, count: Int, greatest: Float, temperature: Float
) {
  let padded = (count + 7) / 8 * 8
  for place in 0..<count { unsafe values[place] = (values[place] - greatest) / temperature }
  for place in count..<padded { unsafe values[place] = -.greatestFiniteMagnitude }
  var total = SIMD8<Float>()
  for place in stride(from: 0, to: padded, by: 8) {
    let powers = unsafe exponential(lanes(values + place))
    total += powers
    unsafe store(powers, values + place)
  }
  let scale = 1 / sum(total)
  for place in 0..<count { unsafe values[place] *= scale }
  for place in count..<padded { unsafe values[place] = 0 }
}
