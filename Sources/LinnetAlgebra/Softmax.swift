/// The probabilities that scores divided by `temperature` stand for.
public func softmax(_ scores: [Float], temperature: Float) -> [Float] {
  guard let greatest = scores.max() else { return [] }
  var padded = scores.map { ($0 - greatest) / temperature }
  while padded.count % 8 != 0 { padded.append(-.greatestFiniteMagnitude) }
  var total = SIMD8<Float>()
  unsafe padded.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return }
    for place in stride(from: 0, to: buffer.count, by: 8) {
      let powers = unsafe exponential(lanes(base + place))
      total += powers
      unsafe store(powers, base + place)
    }
  }
  let scale = 1 / sum(total)
  return padded[..<scores.count].map { $0 * scale }
}
