/// `value` with `digits` digits after the point, halves away from zero; an en dash where it is not finite.
public func decimal(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite else { return "–" }
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let steps = (abs(value) * scale).rounded()
  guard steps < 1e15 else { return value.description }
  let sign = value < 0 && steps > 0 ? "−" : ""
  let whole = Int(steps) / Int(scale)
  guard digits > 0 else { return "\(sign)\(whole)" }
  let fraction = String(Int(steps) % Int(scale))
  return "\(sign)\(whole)." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
}

/// A coordinate of a drawing: two digits after the point at most.
func coordinate(_ value: Double) -> String {
  guard value.isFinite else { return "0" }
  let steps = (min(max(value, -1e9), 1e9) * 100).rounded()
  let magnitude = Int(abs(steps))
  let sign = steps < 0 ? "-" : ""
  switch (magnitude % 100, magnitude % 10) {
  case (0, _): return "\(sign)\(magnitude / 100)"
  case (let fraction, 0): return "\(sign)\(magnitude / 100).\(fraction / 10)"
  case (let fraction, _): return "\(sign)\(magnitude / 100)." + (fraction < 10 ? "0" : "") + "\(fraction)"
  }
}

/// The logarithm to base 2, for axes: good to 1e-12, and the same on every machine.
func binaryLogarithm(_ value: Double) -> Double {
  guard value > 0, value.isFinite else { return value > 0 ? .infinity : -.infinity }
  // ln s = 2 artanh((s − 1) / (s + 1)), s within √½ … √2 so that the series is short.
  let halve = value.significand > 2.0.squareRoot()
  let significand = halve ? value.significand / 2 : value.significand
  let ratio = (significand - 1) / (significand + 1)
  var (sum, power) = (0.0, ratio)
  for degree in stride(from: 1.0, through: 21, by: 2) {
    sum += power / degree
    power *= ratio * ratio
  }
  return Double(value.exponent) + (halve ? 1 : 0) + 2 * sum / 0.693147180559945309
}
