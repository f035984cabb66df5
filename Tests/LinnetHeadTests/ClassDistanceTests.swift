import LinnetAlgebra
import Testing

@testable import LinnetHead

extension ClassDistance {
  /// Minus the distance of every row to the nearest class.
  fileprivate func nearness(of rows: [Float], dimension: Int) -> [Float] {
    let count = rows.count / dimension
    var workspace = Workspace(self, count: count)
    workspace.take(rows, dimension: dimension)
    return (0..<count).map { workspace.nearness(row: $0) }
  }
}

@Suite struct ClassDistanceTests {
  /// Three classes in 24 numbers, of which the first eight differ within a class.
  private func shots(_ count: Int, seed: UInt64 = 1) throws -> Shots {
    var generator = SeededGenerator(seed: seed)
    let centres = (0..<3).map { _ in (0..<24).map { _ in Float.random(in: 0...1, using: &generator) } }
    var shots = Shots(dimension: 24)
    for place in 0..<3 {
      for _ in 0..<count + place {
        let embedding = centres[place].enumerated().map { number, mean in
          mean + (number < 8 ? 0.5 : 0.02) * Float.random(in: -1...1, using: &generator)
        }
        try shots.append(embedding, label: "class \(place)")
      }
    }
    return shots
  }

  private func fit(_ shots: Shots, groups: [Int?]? = nil) -> ClassDistance.Fit {
    ClassDistance.fit(
      shots, groups: groups ?? [Int?](repeating: nil, count: shots.count), treatment: .l2(24))
  }

  /// Class means and shared covariance by their definitions, in double precision.
  private struct Definition {
    var means: [[Double]]
    var scatter: [Double]

    /// - Parameter isThere: whether a shot counts; groups of shots count as their mean.
    init(_ shots: Shots, groups: [Int?], isThere: (Int) -> Bool) {
      let treated = EmbeddingTreatment.l2(24).matrix(of: shots.embeddings, dimension: 24)
      var bundles: [[Int]: [Int]] = [:]
      for row in 0..<shots.count where isThere(row) {
        bundles[[shots.classOf[row], groups[row] ?? -1 - row], default: []].append(row)
      }
      var rows: [(place: Int, mean: [Double])] = []
      for (key, members) in bundles {
        var mean = [Double](repeating: 0, count: 24)
        for member in members {
          for (number, value) in treated.elements(of: member).enumerated() {
            mean[number] += Double(value) / Double(members.count)
          }
        }
        rows.append((key[0], mean))
      }
      means = (0..<3).map { place in
        let own = rows.filter { $0.place == place }
        return (0..<24).map { number in own.reduce(0) { $0 + $1.mean[number] } / Double(own.count) }
      }
      scatter = [Double](repeating: 0, count: 24 * 24)
      for row in rows {
        let difference = zip(row.mean, means[row.place]).map { $0 - $1 }
        for a in 0..<24 { for b in 0..<24 { scatter[a * 24 + b] += difference[a] * difference[b] } }
      }
    }

    /// The least distance under scatter · factor + floor · identity.
    func distance(_ embedding: [Float], factor: Double, floor: Double) -> Double {
      var covariance = scatter.map { $0 * factor }
      for place in 0..<24 { covariance[place * 25] += floor }
      let treated = EmbeddingTreatment.l2(24).matrix(of: embedding, dimension: 24).elements(of: 0)
      return means.map { mean in
        let v = zip(treated, mean).map { Double($0) - $1 }
        return zip(v, solve(covariance, v)).reduce(0) { $0 + $1.0 * $1.1 }
      }.min() ?? 0
    }
  }

  @Test func theFormulaIsThatOfTheInvertedCovariance() throws {
    let shots = try shots(4)
    let distance = fit(shots).distance
    let definition = Definition(shots, groups: [Int?](repeating: nil, count: shots.count)) { _ in true }
    let freedom = Double(shots.count - 3)
    let floor = 0.3 * (0..<24).reduce(0.0) { $0 + definition.scatter[$1 * 25] } / freedom / min(freedom, 24)
    #expect(abs(Double(distance.floor) - floor) < 1e-4 * floor)
    for row in 0..<shots.count {
      let expected = definition.distance(shots.embedding(row), factor: 1 / freedom, floor: floor)
      let measured = distance.nearness(of: shots.embedding(row), dimension: 24)[0]
      // Means and directions are kept as bytes.
      #expect(abs(Double(-measured) - expected) < 0.05 * expected + 0.5, "\(measured), not \(-expected)")
    }
  }

  @Test(arguments: [false, true]) func whatIsHeldOutIsWhatTheRestGives(isGrouped: Bool) throws {
    let shots = try shots(5)
    let groups: [Int?] = (0..<shots.count).map { isGrouped && $0 % 5 < 2 ? $0 / 5 : nil }
    let whole = fit(shots, groups: groups)
    var keys: Set<[Int]> = []
    for row in 0..<shots.count { keys.insert([shots.classOf[row], groups[row] ?? -1 - row]) }
    let factor = 1 / Double(keys.count - 3)
    for row in 0..<shots.count {
      let rest = Definition(shots, groups: groups) { other in
        let shares = groups[row] != nil && groups[other] == groups[row]
        return other != row && !(shares && shots.classOf[other] == shots.classOf[row])
      }
      let expected = rest.distance(
        shots.embedding(row), factor: factor, floor: Double(whole.distance.floor))
      let heldOut = Double(whole.heldOut.elements(of: row).max() ?? 0)
      #expect(abs(-heldOut - expected) < 0.05 * expected + 0.5, "\(heldOut), not \(-expected)")
    }
  }

  @Test func someOfManyDifferencesKeepHeldOutShotsInBounds() throws {
    // More shots than differences that are kept, fewer than numbers.
    var generator = SeededGenerator(seed: 4)
    var shots = Shots(dimension: 400)
    for place in 0..<40 {
      for _ in 0..<5 {
        let embedding = (0..<400).map { number in
          (number % 40 == place ? 1 : 0) + Float.random(in: 0...1, using: &generator)
        }
        try shots.append(embedding, label: "class \(place)")
      }
    }
    let fit = ClassDistance.fit(
      shots, groups: [Int?](repeating: nil, count: shots.count), treatment: .l2(400))
    let own = fit.distance.nearness(of: shots.embeddings, dimension: 400)
    let ratios = (0..<shots.count).map { (fit.heldOut.elements(of: $0).max() ?? 0) / own[$0] }
    #expect(ratios.allSatisfy { 1...8 ~= $0 }, "\(ratios.min() ?? 0)…\(ratios.max() ?? 0)")
  }

  @Test func singleShotsHavePlainDistances() throws {
    var shots = Shots(dimension: 3)
    try shots.append([1, 0, 0], label: "a")
    try shots.append([0, 1, 0], label: "b")
    let fit = ClassDistance.fit(shots, groups: [nil, nil], treatment: .l2(3))
    #expect(fit.distance.directions == nil)
    let near = fit.distance.nearness(of: [1, 0.1, 0, 0, 0, 1], dimension: 3)
    #expect(near[0] > near[1] && near.allSatisfy { $0.isFinite })
  }

  @Test func aBackboneWithTapsGivesItsLastMapToo() {
    let tapped = BackboneIdentity(name: "a", digest: "b", blocks: [10, 4, 4, 6, 6])
    let parts = EmbeddingTreatment.embeddingAndLastMap(tapped, dimension: 30).blocks.map(\.range)
    #expect(parts == [0..<10, 18..<24])
    let plain = BackboneIdentity(name: "a", digest: "b")
    #expect(EmbeddingTreatment.embeddingAndLastMap(plain, dimension: 30).blocks.map(\.range) == [0..<30])
  }
}

/// Gauss's elimination with the greatest pivot.
private func solve(_ matrix: [Double], _ right: [Double]) -> [Double] {
  let count = right.count
  var (rows, result) = (matrix, right)
  for column in 0..<count {
    let pivot =
      (column..<count).max { abs(rows[$0 * count + column]) < abs(rows[$1 * count + column]) } ?? column
    for place in 0..<count { rows.swapAt(column * count + place, pivot * count + place) }
    result.swapAt(column, pivot)
    for row in column + 1..<count {
      let factor = rows[row * count + column] / rows[column * count + column]
      for place in column..<count { rows[row * count + place] -= factor * rows[column * count + place] }
      result[row] -= factor * result[column]
    }
  }
  for row in (0..<count).reversed() {
    for place in row + 1..<count { result[row] -= rows[row * count + place] * result[place] }
    result[row] /= rows[row * count + row]
  }
  return result
}
