import CLinux
import LinnetAlgebra
import LinnetHead
import LinnetSafetensors
import Testing

/// A problem of `toolchain/heads/make-reference` and scikit-learn's answer.
struct Reference: Sendable, CustomTestStringConvertible {
  var name: String
  var dimension: Int
  /// Shots of every class.
  var counts: [Int]
  var seed: Int
  /// The least loss.
  var loss: Double
  /// Of the queries, a row each.
  var probabilities: [[Double]]

  var testDescription: String { name }

  /// The generator of `make-reference`.
  static func numbers(seed: Int, count: Int) -> [Float] {
    var state = seed * 7919 + 12345
    return (0..<count).map { _ in
      state = (state * 1_103_515_245 + 12345) % (1 << 31)
      return Float(state >> 15) / 65536
    }
  }

  /// The shots, and the queries one after the other.
  func problem() throws(HeadError) -> (shots: Shots, queries: [Float]) {
    let labels = counts.indices.flatMap { [Int](repeating: $0, count: counts[$0]) }
    var numbers = Reference.numbers(seed: seed, count: (labels.count + probabilities.count) * dimension)
    var shots = try Shots(dimension: dimension, classes: counts.indices.map { "class \($0)" })
    for (row, label) in labels.enumerated() {
      numbers[row * dimension + label % dimension] += 1
      try shots.append(Array(numbers[row * dimension..<(row + 1) * dimension]), class: label)
    }
    return (shots, Array(numbers[(labels.count * dimension)...]))
  }
}

/// What can be learned from shots alone.
let methods: [HeadMethod] = [.prototype, .knn, .logistic, .ridge, .lda]

let backbone = BackboneIdentity(name: "test", digest: "sha256:00")

/// A seeded generator (SplitMix64), so that a failing case can be made again.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// Shots around a centre a class, some way apart.
func clusters(classes: Int, shots count: Int, dimension: Int, spread: Float = 0.5, seed: UInt64 = 1)
  throws(HeadError)
  -> Shots
{
  var generator = SeededGenerator(seed: seed)
  var shots = Shots(dimension: dimension)
  for place in 0..<classes {
    let centre = (0..<dimension).map { _ in Float.random(in: 0...1, using: &generator) }
    for _ in 0..<count {
      let shot = centre.map { $0 + spread * Float.random(in: -1...1, using: &generator) }
      try shots.append(shot, label: "class \(place)")
    }
  }
  return shots
}

/// The same shots without one of them.
func without(_ row: Int, _ shots: Shots) throws(HeadError) -> Shots {
  var rest = try Shots(dimension: shots.dimension, classes: shots.classes)
  for other in 0..<shots.count where other != row {
    try rest.append(shots.embedding(other), class: shots.classOf[other])
  }
  return rest
}

extension Shots {
  func embedding(_ row: Int) -> [Float] { Array(embeddings[row * dimension..<(row + 1) * dimension]) }
}

/// The softmax of scores, in double precision.
func probabilities(_ scores: [Float]) -> [Double] {
  let greatest = Double(scores.max() ?? 0)
  let powers = scores.map { exp(Double($0) - greatest) }
  return powers.map { $0 / powers.reduce(0, +) }
}

/// A tensor of a head's file.
func tensor<Element: BitwiseCopyable>(_ name: String, of head: Head, as type: Element.Type) throws
  -> [Element]
{
  let file = try SafetensorsFile(bytes: try head.serialised())
  return file.entry(name).map { file.elements(of: $0, as: type) } ?? []
}

/// The text of a file, or `nil` when it cannot be read.
func contents(of path: String) -> String? {
  let descriptor = unsafe linnet_open(path, O_RDONLY, 0)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var buffer = [UInt8](repeating: 0, count: 1 << 20)
  let count = unsafe read(descriptor, &buffer, buffer.count)
  return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
}

/// How many mutations a fuzzing test makes: 500, or what LINNET_FUZZ says.
let fuzzCount = unsafe getenv("LINNET_FUZZ").flatMap { unsafe Int(String(cString: $0)) } ?? 500
