import LinnetHead
import Testing

@Suite struct TransductionTests {
  private let identity = BackboneIdentity(name: "x", digest: "sha256:" + String(repeating: "0", count: 64))

  /// Points of three classes around directions of their own, moved along one that all share.
  private func rows(_ counts: [Int], seed: UInt32, shift: Float) -> (rows: [Float], labels: [Int]) {
    var state = seed
    func noise() -> Float {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(Int32(bitPattern: state)) / 2_147_483_648
    }
    var (rows, labels) = ([Float](), [Int]())
    for (label, count) in counts.enumerated() {
      for _ in 0..<count {
        rows += (0..<24).map { ($0 == label ? 1 : 0) + ($0 == label + 3 ? shift : 0) + 0.22 * noise() }
        labels.append(label)
      }
    }
    return (rows, labels)
  }

  private func head(_ shift: Float) throws -> (Head, Shots) {
    var shots = try Shots(dimension: 24, classes: ["a", "b", "c"])
    let (rows, labels) = rows([1, 1, 1], seed: 5, shift: shift)
    for (place, label) in labels.enumerated() {
      try shots.append(Array(rows[place * 24..<place * 24 + 24]), class: label)
    }
    return (try Head.train(.prototype, shots: shots, backbone: identity), shots)
  }

  private func right(_ decisions: [Decision], _ labels: [Int]) -> Int {
    zip(decisions, labels).count { $0.ranked[0].index == $1 }
  }

  @Test(arguments: [[20, 20, 20], [30, 8, 3]])
  func queriesHelpEachOther(counts: [Int]) throws {
    var (alone, together) = (0, 0)
    for seed in UInt32(1)...6 {
      var shots = try Shots(dimension: 24, classes: ["a", "b", "c"])
      let one = rows([1, 1, 1], seed: 70 + seed, shift: -0.6)
      for (place, label) in one.labels.enumerated() {
        try shots.append(Array(one.rows[place * 24..<place * 24 + 24]), class: label)
      }
      let head = try Head.train(.prototype, shots: shots, backbone: identity)
      let queries = rows(counts, seed: seed, shift: 1.3)
      alone += right(head.decide(rows: queries.rows), queries.labels)
      together += right(head.decide(together: queries.rows, shots: shots), queries.labels)
    }
    #expect(together >= alone)
  }

  @Test func decisionsAreWhole() throws {
    let (head, shots) = try head(0)
    let queries = rows([4, 3, 2], seed: 9, shift: 0)
    let decisions = head.decide(together: queries.rows, shots: shots)
    let alone = head.decide(rows: queries.rows)
    for (decision, other) in zip(decisions, alone) {
      #expect(abs(decision.ranked.reduce(0) { $0 + $1.confidence } - 1) < 1e-5)
      #expect(decision.ranked.map(\.confidence) == decision.ranked.map(\.confidence).sorted(by: >))
      #expect(Set(decision.ranked.map(\.label)) == ["a", "b", "c"])
      #expect(decision.openSetScore == other.openSetScore && decision.isUnknown == other.isUnknown)
    }
    #expect(right(decisions, queries.labels) == 9)
    #expect(head.decide(together: queries.rows, shots: shots) == decisions)
    #expect(
      head.decide(together: queries.rows, shots: shots, top: 1).map(\.ranked.count)
        == Array(repeating: 1, count: 9))
  }

  @Test func whatHasNoNeighboursIsAnsweredAlone() throws {
    let (head, shots) = try head(0)
    #expect(head.decide(together: [], shots: shots) == [])
    let one = rows([1], seed: 3, shift: 0).rows
    #expect(head.decide(together: one, shots: shots) == head.decide(rows: one))
    #expect(head.decide(together: one + one, shots: Shots(dimension: 24)) == head.decide(rows: one + one))
    let broken = [Float](repeating: .nan, count: 24) + one
    let decisions = head.decide(together: broken, shots: shots)
    #expect(decisions.allSatisfy { $0.ranked.allSatisfy { $0.confidence.isFinite } })
  }
}
