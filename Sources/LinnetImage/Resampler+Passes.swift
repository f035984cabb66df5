extension Resampler {
  private typealias Sum = SIMD4<Int32>

  private static let half = Int32(1) << (ResamplingAxis.fractionBits - 1)

  private static func rounded(_ sum: SIMD4<Int32>) -> SIMD4<UInt8> {
    SIMD4<UInt8>(
      truncatingIfNeeded: (sum &>> ResamplingAxis.fractionBits).clamped(
        lowerBound: .zero, upperBound: .init(repeating: 255)))
  }

  @unsafe static func resizeAcross(
    _ source: UnsafePointer<UInt8>, rowBytes: Int, rows: Range<Int>, to target: UnsafeMutablePointer<UInt8>,
    _ axis: ResamplingAxis
  ) {
    let taps = axis.taps
    let count = axis.starts.count
    unsafe axis.starts.withUnsafeBufferPointer { starts in
      unsafe axis.weights.withUnsafeBufferPointer { weights in
        for y in rows {
          let row = unsafe UnsafeRawPointer(source + y * rowBytes)
          let to = unsafe UnsafeMutableRawPointer(target + (y - rows.lowerBound) * 3 * count)
          var weight = weights.baseAddress!
          for x in 0..<count {
            var pixel = unsafe row + 3 * Int(starts[x])
            var sum = Sum(repeating: half)
            for tap in 0..<taps {
              let value = unsafe pixel.loadUnaligned(as: SIMD4<UInt8>.self)
              unsafe sum &+= Sum(truncatingIfNeeded: value) &* weight[tap]
              unsafe pixel += 3
            }
            unsafe weight += taps
            unsafe (to + 3 * x).storeBytes(of: rounded(sum), as: SIMD4<UInt8>.self)
          }
        }
      }
    }
  }

  @unsafe static func resizeDown(
    _ source: UnsafePointer<UInt8>, rowBytes: Int, to target: UnsafeMutablePointer<UInt8>,
    _ axis: ResamplingAxis
  ) {
    let taps = axis.taps
    unsafe axis.starts.withUnsafeBufferPointer { starts in
      unsafe axis.weights.withUnsafeBufferPointer { weights in
        for y in 0..<starts.count {
          let weight = unsafe weights.baseAddress! + y * taps
          let first = unsafe source + Int(starts[y]) * rowBytes
          let to = unsafe target + y * rowBytes
          for x in 0..<rowBytes {
            var sum = half
            for tap in 0..<taps { unsafe sum &+= Int32(first[tap * rowBytes + x]) &* weight[tap] }
            unsafe to[x] = UInt8(min(255, max(0, sum >> ResamplingAxis.fractionBits)))
          }
        }
      }
    }
  }
}
