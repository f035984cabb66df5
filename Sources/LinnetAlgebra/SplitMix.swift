/// SplitMix64 (Steele, Lea and Flood 2014): small, and the same on every machine and in every release.
public struct SplitMix: Sendable {
  private var state: UInt64

  /// One seed, the same numbers.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// Uniform in `0..<bound` but for a bias below bound / 2⁶⁴.
  public mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

  /// Moves `count` random elements to the front (Fisher and Yates).
  public mutating func choose(_ count: Int, of elements: inout [Int]) {
    for place in 0..<count { elements.swapAt(place, place + below(elements.count - place)) }
  }
}
