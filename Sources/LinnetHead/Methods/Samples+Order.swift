internal import LinnetAlgebra

/// One order of shots, whatever order they came in.
extension Samples {
  /// The places of the samples by what they are: their numbers from the first on, then their class, weight and group.
  var canonicalOrder: [Int] {
    let (columns, stride) = (matrix.columns, matrix.stride)
    return unsafe matrix.withValues { values in
      classOf.indices.sorted { a, b in
        let (first, second) = unsafe (values + a * stride, values + b * stride)
        for column in 0..<columns {
          let (x, y) = unsafe (first[column], second[column])
          if x != y { return x < y }
        }
        let (x, y) = (weights?[a] ?? 1, weights?[b] ?? 1)
        return (classOf[a], x, a) < (classOf[b], y, b)
      }
    }
  }
}
