/// The greatest absolute value; zero where there is none.
public func greatestMagnitude(_ numbers: UnsafeBufferPointer<Float>) -> Float {
  guard let base = numbers.baseAddress else { return 0 }
  var most = SIMD8<Float>()
  let whole = numbers.count / 8 * 8
  for place in stride(from: 0, to: whole, by: 8) {
    var eight = unsafe lanes(base + place)
    eight.replace(with: -eight, where: eight .< 0)
    most.replace(with: eight, where: eight .> most)
  }
  return unsafe numbers[whole...].reduce(most.max()) { max($0, abs($1)) }
}
