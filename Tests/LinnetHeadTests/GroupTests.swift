import LinnetAlgebra
import Testing

@testable import LinnetHead

@Suite struct GroupTests {
  /// Every shot three times, hardly different, in a group of its own.
  func triplets() throws -> Shots {
    let single = try clusters(classes: 3, shots: 4, dimension: 24, spread: 1)
    var generator = SeededGenerator(seed: 4)
    var shots = try Shots(dimension: 24, classes: single.classes)
    for copy in 0..<3 {
      for row in 0..<single.count {
        let shot = single.embedding(row).map { $0 + 0.01 * Float.random(in: -1...1, using: &generator) }
        try shots.append(
          shot, class: single.classOf[row], group: row < 2 && copy == 2 ? nil : "object \(row)")
      }
    }
    return shots
  }

  func heldOut(_ method: HeadMethod, _ samples: Samples) throws -> Matrix {
    try Fit.fit(HeadRecipe(method), samples, prototypes: Prototypes(samples), support: .init()).heldOut
  }

  @Test(arguments: methods)
  func aGroupIsHeldOutTogether(method: HeadMethod) throws {
    let samples = Samples(try triplets(), .l2(24))
    var apart = samples
    apart.groups = [Int?](repeating: nil, count: samples.count)
    let (together, alone) = (try heldOut(method, samples), try heldOut(method, apart))
    func own(_ scores: Matrix) -> Float {
      samples.replaceable.reduce(0) { $0 + scores[$1, samples.classOf[$1]] }
    }
    // Copies of a shot make it look known.
    #expect(own(together) < 0.95 * own(alone))
  }

  @Test func cosinesAreThoseToTheRestOfTheClass() throws {
    let samples = Samples(try triplets(), .l2(24))
    let cosines = Prototypes(samples).heldOutCosines(samples)
    for row in samples.replaceable {
      let place = samples.classOf[row]
      let rest = samples.classOf.indices.filter { other in
        samples.classOf[other] == place && other != row
          && (samples.groups[row] == nil || samples.groups[other] != samples.groups[row])
      }
      let mean = Prototypes(samples.rows(rest)).directions.rows(place..<place + 1)
      #expect(abs(cosines[row, place] - samples.matrix.dot(row: row, mean, row: 0)) < 1e-4)
    }
  }

  @Test(arguments: methods)
  func aClassOfOneGroupIsNotAskedAbout(method: HeadMethod) throws {
    var shots = try clusters(classes: 2, shots: 4, dimension: 10)
    for _ in 0..<3 { try shots.append([Float](repeating: 0.3, count: 10), label: "one", group: "g") }
    let samples = Samples(shots, .l2(10))
    #expect(samples.replaceable == Array(0..<8))
    let head = try Head.train(method, shots: shots, backbone: backbone)
    #expect(head.classes.count == 3 && head.temperature > 0)
  }
}
