/// Random numbers that are the same on every machine (Steele and others, "Fast splittable pseudorandom number
/// generators", 2014).
struct SceneRandom {
  private var state: UInt64

  /// Numbers of their own for every `part` of what `seed` makes.
  init(seed: UInt64, part: UInt64) {
    state = seed
    state = next() ^ part &* 0x9E37_79B9_7F4A_7C15
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// Evenly within `range`.
  mutating func next(in range: ClosedRange<Float>) -> Float {
    let share = Float(next() >> 40) / Float(1 << 24)
    return range.lowerBound + share * (range.upperBound - range.lowerBound)
  }

  mutating func next(below count: Int) -> Int { Int(next() % UInt64(count)) }
}
