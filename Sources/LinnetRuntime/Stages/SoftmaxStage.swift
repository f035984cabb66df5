internal import CLinux
internal import LinnetTensor

/// Probabilities over channels (FORMAT.md, "softmax").
@safe struct SoftmaxStage {
  let rows: Int
  let channels: Int
  let x: UnsafePointer<Int8>
  let y: UnsafeMutableRawPointer
  let output: Quantisation?
  /// For every distance of a code from the greatest, the exponential of what it stands for.
  let exponentials: UnsafePointer<Double>

  /// Codes, and so distances between two of them.
  static let distances = 256
  /// An Int16 a distance.
  static let scratchBytes = distances * 2

  /// Writes what ``exponentials`` must hold.
  static func fill(_ exponentials: UnsafeMutablePointer<Double>, _ input: Quantisation) {
    for distance in 0..<distances {
      unsafe exponentials[distance] = exp(Double(input.scale * Float(-distance)))
    }
  }

  func run(scratch: UnsafeMutableRawPointer) {
    for row in 0..<rows {
      let codes = unsafe x + row * channels
      var greatest = Int8.min
      for c in 0..<channels { greatest = unsafe max(greatest, codes[c]) }
      var sum = 0.0
      for c in 0..<channels { sum += unsafe exponentials[Int(greatest) - Int(codes[c])] }
      if let output {
        let known = unsafe scratch.assumingMemoryBound(to: Int16.self)
        for distance in 0..<SoftmaxStage.distances { unsafe known[distance] = .max }
        let target = unsafe y.assumingMemoryBound(to: Int8.self) + row * channels
        for c in 0..<channels {
          let distance = unsafe Int(greatest) - Int(codes[c])
          if unsafe known[distance] == .max {
            unsafe known[distance] = Int16(output.code(Float(exponentials[distance] / sum)))
          }
          unsafe target[c] = Int8(truncatingIfNeeded: known[distance])
        }
      } else {
        let target = unsafe y.assumingMemoryBound(to: Float.self) + row * channels
        for c in 0..<channels { unsafe target[c] = Float(exponentials[Int(greatest) - Int(codes[c])] / sum) }
      }
    }
  }
}
