/// A small deterministic generator (SplitMix64, Steele et al. 2014), so that every run tests the same numbers.
struct Randoms: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Codes: uniform, or only the extremes when `isExtreme`.
  mutating func codes(_ count: Int, isExtreme: Bool) -> [Int8] {
    (0..<count).map { _ in
      isExtreme ? (Bool.random(using: &self) ? 127 : -128) : Int8.random(in: -128...127, using: &self)
    }
  }

  /// Weights in −127…127.
  mutating func weights(_ count: Int, isExtreme: Bool) -> [Int8] {
    (0..<count).map { _ in
      isExtreme ? (Bool.random(using: &self) ? 127 : -127) : Int8.random(in: -127...127, using: &self)
    }
  }
}
