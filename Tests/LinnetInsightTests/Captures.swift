import LinnetHead
import LinnetImage
import LinnetInsight

let someBackbone = BackboneIdentity(name: "x", digest: "sha256:" + String(repeating: "0", count: 64))

/// Captures of one class with these embeddings, or of the classes that `labels` gives.
func captures(_ embeddings: [[Float]], labels: [Int]? = nil, groups: [String?]? = nil) -> LabelledCaptures {
  let labels = labels ?? embeddings.map { _ in 0 }
  return LabelledCaptures(
    names: embeddings.indices.map { "class-\(labels[$0])/\($0).jpg" },
    classes: (0...(labels.max() ?? 0)).map { "class-\($0)" }, classOf: labels,
    groups: groups ?? embeddings.map { _ in nil }, embeddings: embeddings, backbone: someBackbone)
}

/// Numbers that look random and are always the same, −1…1.
struct Noise {
  var state: UInt32 = 17

  mutating func next() -> Float {
    state = state &* 1_664_525 &+ 1_013_904_223
    return Float(Int32(bitPattern: state)) / 2_147_483_648
  }
}

/// A picture of random blocks of `block` pixels, different for each seed; `low` and `high` bound its brightness.
func picture(seed: UInt32, block: Int = 6, side: Int = 160, low: Float = 20, high: Float = 235) -> Picture {
  var noise = Noise(state: seed &* 2_654_435_761 &+ 7)
  let count = side / block + 1
  for _ in 0..<8 { _ = noise.next() }
  let tones = (0..<count * count).map { _ in low + (high - low) * (noise.next() + 1) / 2 }
  var pixels: [UInt8] = []
  pixels.reserveCapacity(3 * side * side)
  for y in 0..<side {
    for x in 0..<side {
      let tone = UInt8(tones[y / block * count + x / block])
      pixels += [tone, tone, tone]
    }
  }
  return Picture(width: side, height: side, pixels: pixels)
}

/// A grey picture with every pixel the mean of those up to `radius` away, three times over in both directions.
func blurred(_ picture: Picture, radius: Int) -> Picture {
  let (width, height) = (picture.width, picture.height)
  var tones = (0..<width * height).map { Float(picture.pixels[3 * $0]) }
  for round in 0..<6 {
    let from = tones
    let (extent, step) = round % 2 == 0 ? (width, 1) : (height, width)
    for place in tones.indices {
      let middle = place / step % extent
      var sum: Float = 0
      for offset in -radius...radius {
        sum += from[place + (min(extent - 1, max(0, middle + offset)) - middle) * step]
      }
      tones[place] = sum / Float(2 * radius + 1)
    }
  }
  return Picture(
    width: width, height: height,
    pixels: tones.flatMap { tone in [UInt8](repeating: UInt8(tone.rounded()), count: 3) })
}
