/// eˣ in single precision, relative error below 3e-7 in −87…88; smaller arguments give about 1e-38. Only additions and
/// multiplications, so that every machine gives the same bits.
@inlinable @inline(__always)
public func exponential(_ x: SIMD8<Float>) -> SIMD8<Float> {
  var x = x
  x.replace(with: -87.3, where: x .< -87.3)
  x.replace(with: 88, where: x .> 88)
  // Adding 1.5 · 2²³ leaves the nearest integer in the low bits of the mantissa.
  let magic = SIMD8<Float>(repeating: 12_582_912)
  let shifted = x * 1.442_695_04 + magic
  let whole = shifted - magic
  let rest = x - whole * 0.693_359_375 + whole * 2.121_944_4e-4
  var series = rest * (1.0 / 5040) + 1.0 / 720
  series = series * rest + 1.0 / 120
  series = series * rest + 1.0 / 24
  series = series * rest + 1.0 / 6
  series = series * rest + 0.5
  series = series * rest + 1
  series = series * rest + 1
  let bits = unsafe unsafeBitCast(series, to: SIMD8<UInt32>.self)
  let exponent = unsafe unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &<< 23
  return unsafe unsafeBitCast(bits &+ exponent, to: SIMD8<Float>.self)
}

/// The natural logarithm of a finite number above zero, error below 1e-15 relative to the larger of it and 1; only the
/// four operations.
public func logarithm(_ x: Double) -> Double {
  var exponent = Double(x.exponent)
  var significand = x.significand
  if significand > 1.414_213_562_373_095_1 {
    significand /= 2
    exponent += 1
  }
  // ln m = 2 artanh((m − 1) / (m + 1)), |argument| < 0.172.
  let argument = (significand - 1) / (significand + 1)
  let square = argument * argument
  var series = 0.0
  for odd in stride(from: 23, through: 1, by: -2) { series = series * square + 1 / Double(odd) }
  return exponent * 0.693_147_180_559_945_3 + 2 * argument * series
}
