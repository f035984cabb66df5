import LinnetHead
import LinnetInsight
import LinnetPipeline
import Testing

@Suite struct EvaluationTests {
  private let identity = BackboneIdentity(name: "x", digest: "sha256:" + String(repeating: "0", count: 64))

  /// Three classes of eight pictures around a direction each, as far apart as `spread` lets them be.
  private func material(_ path: String, spread: Float) throws -> Evaluation.Material {
    for label in ["a", "b", "c"] { for number in 0..<8 { try write([1], "\(path)/\(label)/\(number).jpg") } }
    let folder = try PictureFolder(path)
    var state: UInt32 = 11
    func noise() -> Float {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(Int32(bitPattern: state)) / 2_147_483_648 * spread
    }
    let embeddings = folder.items.map { item in (0..<16).map { ($0 == item.label ? 1 : 0) + noise() } }
    let others = (0..<10).map { _ in (0..<16).map { ($0 == 9 ? 1 : 0) + noise() } }
    return Evaluation.Material(folder: folder, embeddings: embeddings, openSet: others)
  }

  @Test(arguments: [HeadMethod.prototype, .knn, .logistic, .ridge, .lda])
  func whatIsApartIsToldApart(method: HeadMethod) throws {
    try withTemporaryFolder { path in
      let material = try material(path, spread: 0.05)
      let episodes = try Episode.deal(7, shots: 2, ways: nil, seed: 1, of: material.folder)
      let evaluation = try Evaluation(episodes, of: material, method: method, backbone: identity, threads: 1)
      #expect(evaluation.balancedAccuracy == MeanAndInterval([1]))
      #expect(evaluation.recall == [1, 1, 1])
      #expect(evaluation.confusion == [[42, 0, 0], [0, 42, 0], [0, 0, 42]])
      #expect(evaluation.auroc == 1)
      #expect(evaluation.falsePositiveRate95 == 0)
      #expect(evaluation.episodes == 7 && evaluation.shots == 2 && evaluation.ways == 3)
    }
  }

  @Test func doesNotDependOnThreads() throws {
    try withTemporaryFolder { path in
      let material = try material(path, spread: 1.2)
      let episodes = try Episode.deal(30, shots: 1, ways: 2, seed: 1, of: material.folder)
      let one = try Evaluation(episodes, of: material, method: .logistic, backbone: identity, threads: 1)
      #expect((0.4..<1).contains(one.balancedAccuracy.mean))
      #expect(one.confusion.joined().reduce(0, +) == episodes.reduce(0) { $0 + $1.queries.count })
      for threads in [2, 5] {
        let many = try Evaluation(
          episodes, of: material, method: .logistic, backbone: identity, threads: threads)
        #expect(many.balancedAccuracy == one.balancedAccuracy && many.confusion == one.confusion)
        #expect(many.auroc == one.auroc && many.recall == one.recall)
      }
    }
  }

  @Test func classesWithoutAQueryDoNotCount() throws {
    try withTemporaryFolder { path in
      let material = try material(path, spread: 0.05)
      let all = material.folder.items.indices.filter { material.folder.items[$0].label == 0 }
      let episode = Episode(shots: all + [8], of: material.folder)
      let evaluation = try Evaluation(
        [episode], of: material, method: .prototype, backbone: identity, threads: 1)
      #expect(evaluation.recall == [nil, 1, nil])
      #expect(evaluation.balancedAccuracy.mean == 1)
      let nothing = Episode(shots: all, of: material.folder)
      #expect(throws: PipelineError.self) {
        try Evaluation([nothing], of: material, method: .prototype, backbone: identity, threads: 1)
      }
    }
  }
}
