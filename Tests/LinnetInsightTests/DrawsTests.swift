import LinnetInsight
import LinnetPipeline
import LinnetStore
import Testing

@Suite struct DrawsTests {
  /// Three classes of six pictures; the first picture of every class is of one group.
  private func withFolder(_ body: (PictureFolder, String) throws -> Void) throws {
    try withTemporaryFolder { path in
      var manifest = "file,group\n"
      for label in ["a", "b", "c"] {
        for number in 0..<6 { try write([1], "\(path)/\(label)/\(number).jpg") }
        manifest += "\(label)/0.jpg,first\n"
      }
      try write(Array(manifest.utf8), path + "/manifest.csv")
      try body(try PictureFolder(path), path)
    }
  }

  @Test func queriesAreWhatIsNoShotAndSharesNoGroup() throws {
    try withFolder { folder, _ in
      func names(_ places: [Int]) -> [String] { places.map { folder.items[$0].name } }
      let plain = Episode(shots: [1, 7], of: folder)
      #expect(names(plain.shots) == ["a/1.jpg", "b/1.jpg"])
      #expect(
        names(plain.queries) == [
          "a/0.jpg", "a/2.jpg", "a/3.jpg", "a/4.jpg", "a/5.jpg", "b/0.jpg", "b/2.jpg", "b/3.jpg", "b/4.jpg",
          "b/5.jpg",
        ])
      let grouped = Episode(shots: [0, 7], of: folder)
      #expect(!names(grouped.queries).contains("b/0.jpg"))
    }
  }

  @Test func dealtEpisodesAreAsAskedAndTheSameAgain() throws {
    try withFolder { folder, _ in
      let episodes = try Episode.deal(40, shots: 2, ways: 2, seed: 3, of: folder)
      for episode in episodes {
        let labels = episode.shots.map { folder.items[$0].label }
        #expect(Set(labels).count == 2 && labels.count == 4 && Set(episode.shots).count == 4)
        #expect(Set(episode.queries).isDisjoint(with: episode.shots))
      }
      #expect(Set(episodes).count > 20)
      #expect(try Episode.deal(40, shots: 2, ways: 2, seed: 3, of: folder) == episodes)
      #expect(try Episode.deal(20, shots: 2, ways: 2, seed: 3, of: folder) == Array(episodes[..<20]))
      #expect(try Episode.deal(40, shots: 2, ways: 2, seed: 4, of: folder) != episodes)
      #expect(Set(episodes.flatMap(\.shots)).count == 18)
    }
  }

  @Test func countsAreGivenOutInTurn() throws {
    try withFolder { folder, _ in
      let episodes = try Episode.deal(30, counts: [4, 2, 1], ways: nil, seed: 1, of: folder)
      var seen: Set<[Int]> = []
      for episode in episodes {
        let counts = (0..<3).map { label in episode.shots.count { folder.items[$0].label == label } }
        #expect(counts.sorted() == [1, 2, 4] && episode.shots == episode.shots.sorted())
        seen.insert(counts)
      }
      #expect(seen.count == 6, "every class is the rich and the poor one in some episode")
      #expect(try Episode.deal(30, counts: [4, 2, 1], ways: nil, seed: 1, of: folder) == episodes)
      let two = try Episode.deal(3, counts: [4, 2, 1], ways: 2, seed: 1, of: folder)
      #expect(two.allSatisfy { $0.shots.count == 6 })
      #expect(throws: PipelineError.self) {
        try Episode.deal(1, counts: [1, 6], ways: nil, seed: 0, of: folder)
      }
      #expect(
        Episode.queries(of: folder).queries == Array(0..<18) && Episode.queries(of: folder).shots.isEmpty)
    }
  }

  @Test func tooMuchIsRefused() throws {
    try withFolder { folder, _ in
      #expect(throws: PipelineError.self) { try Episode.deal(1, shots: 6, ways: nil, seed: 0, of: folder) }
      #expect(throws: PipelineError.self) { try Episode.deal(1, shots: 1, ways: 4, seed: 0, of: folder) }
    }
  }

  @Test func filesOfDrawsAreRead() throws {
    try withFolder { folder, path in
      try write(
        Array("{\"shots\": [\"b/1.jpg\", \"a/2.jpg\"]}\n\n{\"shots\": [\"c/0.jpg\"]}".utf8), path + "/draws")
      let episodes = try Episode.read(path + "/draws", of: folder)
      #expect(episodes == [Episode(shots: [2, 7], of: folder), Episode(shots: [12], of: folder)])
    }
  }

  @Test(arguments: [
    "", "\n", "{}", "{\"shots\": []}", "{\"shots\": [3]}", "{\"shots\": [\"a/9.jpg\"]}",
    "{\"shots\": [\"a/1.jpg\"",
    "{\"shots\": [\"a/1.jpg\", \"a/1.jpg\"]}",
  ])
  func brokenDrawsAreSaidWithTheirLine(text: String) throws {
    try withFolder { folder, path in
      try write(Array(text.utf8), path + "/draws")
      #expect(throws: PipelineError.self) { try Episode.read(path + "/draws", of: folder) }
    }
  }

  @Test(
    .enabled(if: File.isFolder(sharedData + "/draws"), "the measurements' pictures are not here"),
    arguments: [
      ("blood-cells", 3), ("caltech101-20", 20), ("clothing", 10), ("grocery", 20), ("trashnet", 6),
    ])
  func measurementsDraws(name: String, ways: Int) throws {
    let folder = try PictureFolder(sharedData + "/" + name)
    #expect(folder.classes.count == ways)
    for shots in [1, 5, 10] {
      let episodes = try Episode.read("\(sharedData)/draws/\(name)-\(shots).jsonl", of: folder)
      #expect(episodes.count == 100)
      for episode in episodes {
        #expect(episode.shots.count == ways * shots)
        let groups = Set(episode.shots.compactMap { folder.items[$0].group })
        #expect(episode.queries.allSatisfy { folder.items[$0].group.map { !groups.contains($0) } ?? true })
        if groups.isEmpty { #expect(episode.queries.count == folder.items.count - episode.shots.count) }
      }
    }
  }
}
