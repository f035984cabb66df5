import LinnetKernels

/// Owned arrays behind a ``Requantisation``: biases that suit the given weights, multipliers that use the whole
/// range of codes.
struct RequantisationCase {
  let bias: [Int32]
  let multiplier: [Float]
  let zeroPoint: Int32
  let range: ClosedRange<Int32>

  /// `sums[c]`: Σw of output channel c, zero beyond the true channels.
  init(sums: [Int32], depth: Int, isExtreme: Bool, randoms: inout Randoms) {
    let signed = sums.map { _ in
      isExtreme
        ? Int32(Bool.random(using: &randoms) ? 1 << 20 : -(1 << 20))
        : Int32.random(in: -5000...5000, using: &randoms)
    }
    bias = signed + zip(signed, sums).map { $0 - 128 * $1 }
    let spread = Float(depth).squareRoot() * 5000
    multiplier = sums.map { _ in Float.random(in: 0.2...3, using: &randoms) * 100 / spread }
    zeroPoint =
      isExtreme ? (Bool.random(using: &randoms) ? -128 : 127) : Int32.random(in: -128...127, using: &randoms)
    range = Bool.random(using: &randoms) ? -128...127 : Int32.random(in: -128...0, using: &randoms)...100
  }

  func with<R>(_ body: (Requantisation) -> R) -> R {
    unsafe bias.withUnsafeBufferPointer { bias in
      unsafe multiplier.withUnsafeBufferPointer { multiplier in
        unsafe body(
          Requantisation(
            bias: bias.baseAddress!, multiplier: multiplier.baseAddress!, paddedChannels: multiplier.count,
            zeroPoint: zeroPoint, range: range))
      }
    }
  }
}

/// Panels for `channels` output channels.
func panels(_ channels: Int) -> Int { (channels + 15) / 16 }
