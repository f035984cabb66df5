import LinnetHead
import LinnetModel
import LinnetPipeline
import LinnetStore
import Testing

@Suite struct TeacherTests {
  private func withTeacher(_ body: (Teacher, String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder + "/store")
      let embedder = try PictureEmbedder(model: backbone(), threads: 1, cacheFolder: store.cacheFolder)
      try body(Teacher(store: store, embedder: embedder), folder)
    }
  }

  private func sources(_ kind: Int, _ numbers: ClosedRange<Int>) throws -> [PictureSource] {
    try numbers.map { .bytes(try jpeg(kind, $0), name: "\(kind)-\($0)") }
  }

  private func enrol(_ teacher: Teacher, _ kind: Int, _ numbers: ClosedRange<Int>, as label: String) throws
    -> Teacher.Enrolment
  {
    try teacher.enrol(sources(kind, numbers), as: label, in: "default") { Issue.record("\($0)") }
  }

  private func head(_ teacher: Teacher, _ set: String = "default") throws -> Head? {
    try teacher.store.headPath(of: set).map { try Head(path: $0) }
  }

  @Test func whatIsEnrolledIsRecognised() throws {
    try withTeacher { teacher, _ in
      #expect(try enrol(teacher, 0, 0...4, as: "upright").added == 5)
      let second = try enrol(teacher, 1, 0...4, as: "flat")
      #expect(second.counts.map(\.label) == ["flat", "upright"])
      #expect(second.counts.map(\.captures) == [5, 5])
      let head = try #require(try head(teacher))
      #expect(head.classes == ["flat", "upright"] && head.method == .auto && head.counts == [5, 5])
      let classifier = try Classifier(embedder: teacher.embedder, head: head)
      var labels: [String?] = []
      try classifier.classify(sources(0, 6...7) + sources(1, 6...7), top: 2) { _, answer in
        let ranked = try? answer.get().decision.ranked
        #expect(ranked?.count == 2)
        labels.append(ranked?.first?.label)
      }
      #expect(labels == ["upright", "upright", "flat", "flat"])
    }
  }

  @Test func aSetKeepsTheViewsItWasTaughtWith() throws {
    try withTeacher { teacher, folder in
      let mirrored = Teacher(
        store: teacher.store,
        embedder: try PictureEmbedder(model: backbone(), threads: 1, cacheFolder: nil, views: .flip))
      _ = try enrol(mirrored, 0, 0...1, as: "upright")
      _ = try enrol(teacher, 1, 0...1, as: "flat")
      #expect(try head(teacher)?.backbone.views == "flip")
      #expect(try teacher.embedder(of: "default").views == .flip)
      let kept = try #require(try head(teacher)).serialised()
      #expect(try mirrored.train("default").serialised() == kept)
      let plain = Teacher(
        store: teacher.store,
        embedder: try PictureEmbedder(model: backbone(), threads: 1, cacheFolder: nil, views: []))
      #expect(try plain.train("default").backbone.views == "")
      #expect(try teacher.embedder(of: "default").views == [])
    }
  }

  @Test func learningIsToldStepByStep() throws {
    try withTeacher { teacher, _ in
      _ = try enrol(teacher, 0, 0...2, as: "upright")
      var steps: [Int] = []
      _ = try teacher.enrol(
        sources(1, 0...2), as: "flat", in: "default", learning: { done, _ in steps.append(done) },
        failed: { Issue.record("\($0)") })
      #expect(steps.count > 1 && steps == Array(1...steps.count))
      var again: [Int] = []
      _ = try teacher.train("default", learning: { done, _ in again.append(done) })
      #expect(again == steps)
    }
  }

  @Test func backgroundStaysWithTheSet() throws {
    try withTeacher { teacher, _ in
      let background = try sources(1, 0...3)
      let first = try teacher.enrol(background, as: nil, in: "default") { Issue.record("\($0)") }
      #expect(first.added == 4 && first.background == 4 && first.counts.isEmpty)
      #expect(try head(teacher) == nil)
      _ = try enrol(teacher, 0, 0...2, as: "a")
      #expect(try enrol(teacher, 0, 3...5, as: "b").background == 4)
      let with = try #require(try head(teacher)).serialised()
      #expect(try teacher.train("default").serialised() == with)
      #expect(try teacher.removeBackground(of: "default") == 4)
      #expect(try #require(try head(teacher)).serialised() != with)
      #expect(try teacher.removeBackground(of: "default") == 0 && teacher.store.captures().count == 6)
    }
  }

  @Test func whatWasAskedForTheUnknownIsKept() throws {
    try withTeacher { teacher, _ in
      _ = try enrol(teacher, 0, 0...2, as: "a")
      let head = try teacher.train("default") { present in
        var recipe = Teacher.recipe()(present)
        recipe.unknown.isNever = true
        return recipe
      }
      #expect(head.unknownThreshold == nil)
      _ = try enrol(teacher, 1, 0...2, as: "b")
      #expect(try self.head(teacher)?.unknownThreshold == nil)
      #expect(try teacher.train("default", recipe: Teacher.recipe(.ridge)).recipe?.unknown.isNever == true)
    }
  }

  @Test func theHeadIsThatOfAllCapturesAtOnce() throws {
    try withTeacher { teacher, _ in
      for (kind, numbers) in [(0, 0...1), (1, 0...2), (0, 2...3)] {
        _ = try enrol(teacher, kind, numbers, as: "kind \(kind)")
      }
      let embeddings = try teacher.embedder.embeddings(sources(0, 0...3) + sources(1, 0...2))
      let names = Array(repeating: "kind 0", count: 4) + Array(repeating: "kind 1", count: 3)
      let expected = try Teacher.learn(
        embeddings, labels: names, method: .prototype, backbone: teacher.embedder.backbone)
      let head = try teacher.train("default", recipe: Teacher.recipe(.prototype))
      #expect(head.classes == expected.classes && head.counts == expected.counts)
      let probe = try teacher.embedder.embeddings(sources(0, 8...8))[0]
      #expect(head.decide(probe).ranked[0].label == expected.decide(probe).ranked[0].label)
      _ = try enrol(teacher, 2, 0...1, as: "kind 2")
      #expect(try self.head(teacher)?.method == .prototype, "a set keeps its method")
    }
  }

  @Test func whatWasThereStaysBesideWhatIsImprinted() throws {
    try withTeacher { teacher, _ in
      for kind in 0..<2 { _ = try enrol(teacher, kind, 0...4, as: "kind \(kind)") }
      _ = try teacher.train("default", recipe: Teacher.recipe(.logistic))
      var support = TrainingSupport()
      support.earlier = try head(teacher)
      let imprinting = Teacher(store: teacher.store, embedder: teacher.embedder, support: support)
      let recipe: Teacher.RecipeChoice = Teacher.recipe(.imprint)
      _ = try imprinting.enrol(sources(2, 0...1), as: "kind 2", in: "more", recipe: recipe) {
        Issue.record("\($0)")
      }
      #expect(try head(teacher, "more")?.classes == ["kind 0", "kind 1", "kind 2"])
      // From now on the set's own head says what stood there before.
      _ = try teacher.enrol(sources(3, 0...1), as: "kind 3", in: "more") { Issue.record("\($0)") }
      let grown = try #require(try head(teacher, "more"))
      #expect(grown.classes == ["kind 0", "kind 1", "kind 2", "kind 3"] && grown.baseClassCount == 2)
      #expect(grown.method == .imprint)
      let probes = try teacher.embedder.embeddings(sources(0, 6...6) + sources(1, 6...6))
      // What was there scores as it did.
      let before = try #require(support.earlier).scores(of: probes[0])
      #expect(Array(grown.scores(of: probes[0])[..<2]) == before)
      #expect(try teacher.remove("kind 2", in: "more") == 2)
      #expect(try head(teacher, "more")?.classes == ["kind 0", "kind 1", "kind 3"])
    }
  }

  @Test func changesOfLabelsReachTheHead() throws {
    try withTeacher { teacher, _ in
      for kind in 0..<3 { _ = try enrol(teacher, kind, 0...1, as: "kind \(kind)") }
      try teacher.rename("kind 0", to: "first", in: "default", merging: false)
      #expect(try head(teacher)?.classes == ["first", "kind 1", "kind 2"])
      try teacher.rename("kind 2", to: "first", in: "default", merging: true)
      #expect(try head(teacher)?.classes == ["first", "kind 1"])
      #expect(try head(teacher)?.counts == [4, 2])
      #expect(try teacher.remove("first", in: "default") == 4)
      #expect(try head(teacher)?.classes == ["kind 1"])
      #expect(try teacher.remove("kind 1", in: "default") == 2)
      #expect(try head(teacher) == nil)
      #expect(throws: PipelineError.self) { try teacher.train("default") }
    }
  }

  @Test func onlyGoodPicturesAreEnrolled() throws {
    try withTeacher { teacher, folder in
      var failures = 0
      let result = try teacher.enrol(
        sources(0, 0...1) + [.bytes([1, 2], name: "x"), .file(folder + "/none.jpg")], as: "a", in: "default"
      ) { _ in failures += 1 }
      #expect(failures == 2 && result.added == 2)
      let nothing = try teacher.enrol([.bytes([], name: "x")], as: "b", in: "default") { _ in failures += 1 }
      #expect(failures == 3 && nothing.added == 0)
      #expect(try teacher.store.captures().count == 2)
    }
  }

  @Test func aHeadThatKnowsMoreThanTheCapturesIsKept() throws {
    try withTeacher { teacher, _ in
      let head = try Teacher.learn(
        teacher.embedder.embeddings(sources(0, 0...0)), labels: ["elsewhere"], method: .prototype,
        backbone: teacher.embedder.backbone)
      var change = try teacher.store.beginChange()
      try change.putHead(head.serialised())
      try change.commit(.importHead, "x")
      #expect(throws: PipelineError.self) { try enrol(teacher, 1, 0...0, as: "here") }
      #expect(try self.head(teacher)?.classes == ["elsewhere"])
      #expect(try teacher.store.captures().isEmpty)
    }
  }

  @Test func aLostOrDamagedHeadIsLearnedAnew() throws {
    try withTeacher { teacher, folder in
      _ = try enrol(teacher, 0, 0...1, as: "a")
      let path = try #require(try teacher.store.headPath())
      let whole = try File.read(path)
      try write(Array(whole[..<(whole.count / 2)]), path)
      #expect(throws: PipelineError.self) { try enrol(teacher, 1, 0...1, as: "b") }
      #expect(try teacher.train("default").classes == ["a"])
      #expect(try File.read(path) == whole)
      var change = try teacher.store.beginChange()
      try change.removeHead()
      try change.commit(.removeHead, "x")
      #expect(try enrol(teacher, 0, 0...1, as: "a").alreadyThere == 2)
      #expect(try File.read(path) == whole)
    }
  }

  @Test func aForgottenCaptureLeavesTheHeadAsItWas() throws {
    try withTeacher { teacher, _ in
      _ = try enrol(teacher, 0, 0...2, as: "a")
      _ = try enrol(teacher, 1, 0...1, as: "b")
      let before = try #require(try head(teacher)).serialised()
      _ = try enrol(teacher, 1, 2...2, as: "b")
      #expect(try #require(try head(teacher)).serialised() != before)
      let picture = PictureDigest(of: try jpeg(1, 2))
      #expect(try teacher.forget(picture, in: "default"))
      #expect(try #require(try head(teacher)).serialised() == before)
      #expect(try !teacher.forget(picture, in: "default"))
    }
  }

  @Test func aHeadOfAnotherBackboneIsAnErrorThatNamesBoth() throws {
    try withTeacher { teacher, _ in
      let other = BackboneIdentity(name: "other", digest: "sha256:" + String(repeating: "1", count: 64))
      let head = try Teacher.learn(
        teacher.embedder.embeddings(sources(0, 0...0)), labels: ["a"], method: .prototype, backbone: other)
      let error = try #require(throws: PipelineError.self) {
        try Classifier(embedder: teacher.embedder, head: head)
      }
      #expect(error.description.contains(other.digest))
      #expect(error.description.contains(teacher.embedder.model.digest))
    }
  }
}
