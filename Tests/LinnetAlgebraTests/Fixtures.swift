/// The same pseudo-random numbers in 0..<1 for a seed, on every machine.
func numbers(seed: Int, count: Int) -> [Float] {
  var state = seed * 7919 + 12345
  return (0..<count).map { _ in
    state = (state * 1_103_515_245 + 12345) % (1 << 31)
    return Float(state >> 15) / 65536
  }
}
