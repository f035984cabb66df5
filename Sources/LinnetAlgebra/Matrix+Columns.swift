extension Matrix {
  /// Every column times its factor.
  public mutating func scaleColumns(_ factors: [Float]) {
    let (rows, stride) = (rows, stride)
    let padded = factors + [Float](repeating: 0, count: stride - factors.count)
    unsafe withMutableValues { values in
      unsafe padded.withUnsafeBufferPointer { padded in
        guard let factors = padded.baseAddress else { return }
        for row in 0..<rows {
          for column in Swift.stride(from: 0, to: stride, by: 8) {
            let place = unsafe values + row * stride + column
            unsafe store(lanes(place) * lanes(factors + column), place)
          }
        }
      }
    }
  }
}
