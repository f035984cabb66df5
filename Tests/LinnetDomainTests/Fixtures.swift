import LinnetAlgebra
import LinnetHead
import Testing

@testable import LinnetDomain

/// The generator of `make-reference`.
func numbers(seed: Int, count: Int) -> [Float] {
  var state = seed * 7919 + 12345
  return (0..<count).map { _ in
    state = (state * 1_103_515_245 + 12345) % (1 << 31)
    return Float(state >> 15) / 65536
  }
}

func matrix(seed: Int, _ rows: Int, _ columns: Int) -> Matrix {
  Matrix(rows: rows, columns: columns, dense: numbers(seed: seed, count: rows * columns))
}

/// The worlds of `make-reference`, as square roots.
func worlds() throws -> Domains {
  let source = matrix(seed: 1, 12, 6)
  var target = matrix(seed: 2, 16, 6)
  let (factors, moves): ([Float], [Float]) = ([1, 2, 0.5, 1, 3, 1], [0, 1, 0, 0.5, 0, 2])
  for row in 0..<16 {
    for column in 0..<6 { target[row, column] = target[row, column] * factors[column] + moves[column] }
  }
  var shots = try Shots(dimension: 6, classes: ["a", "b", "c"])
  for row in 0..<12 {
    try shots.append(
      source.elements(of: row).map { $0 * $0 }, class: row % 3, weight: 0.5 + Float(row % 4) / 2)
  }
  var frames = Frames(dimension: 6)
  for row in 0..<16 { try frames.append(target.elements(of: row).map { $0 * $0 }) }
  return Domains(shots, frames, treatment: Domains.rooted([.init(range: 0..<6)]))
}

func expect(
  _ matrix: Matrix, equals reference: [Double], within tolerance: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let dense = matrix.dense
  #expect(dense.count == reference.count, sourceLocation: sourceLocation)
  let worst = zip(dense, reference).map { abs(Double($0) - $1) }.max() ?? .infinity
  #expect(worst < tolerance, "off by \(worst)", sourceLocation: sourceLocation)
}

/// Classes of 40 numbers, `parts` frames of each; the frames' world adds one vector to all.
struct Scene {
  var shots: Shots
  var frames: Frames
  var truth: [Int] = []

  static let backbone = BackboneIdentity(name: "test", digest: "sha256:test")

  init(classes: Int = 4, shots count: Int = 8, parts: [Int], move: Float, noise: Float = 0.5) throws {
    let width = 40
    let centres = matrix(seed: 11, classes, width)
    let shift = numbers(seed: 12, count: width)
    let noises = numbers(seed: 13, count: 4000 * width)
    var place = 0
    func picture(_ label: Int, moved: Bool) -> [Float] {
      place += 1
      return (0..<width).map { column in
        let noisy = centres[label, column] + noise * noises[(place * width + column) % noises.count]
        return max(0, noisy + (moved ? move * shift[column] : 0))
      }
    }
    shots = try Shots(dimension: width, classes: (0..<classes).map { "class \($0)" })
    for label in 0..<classes {
      for _ in 0..<count { try shots.append(picture(label, moved: false), class: label) }
    }
    frames = Frames(dimension: width)
    for (label, part) in parts.enumerated() {
      for _ in 0..<part {
        try frames.append(picture(label, moved: true))
        truth.append(label)
      }
    }
  }

  func adapter() throws -> DomainAdapter {
    try DomainAdapter(shots: shots, frames: frames, backbone: Scene.backbone)
  }

  func accuracy(_ head: Head) -> Double {
    let answers = head.decide(rows: frames.embeddings, top: 1).map { $0.ranked[0].index }
    return Double(zip(answers, truth).count { $0 == $1 }) / Double(truth.count)
  }
}
