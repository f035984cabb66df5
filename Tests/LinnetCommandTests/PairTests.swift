import LinnetSafetensors
import LinnetStore
import Testing

@Suite struct PairCommandTests {
  /// The shipped backbone under another digest.
  private func other(_ work: Workplace) throws -> String {
    var bytes = try File.read(model)
    let place = try #require((0..<60_000).first { bytes[$0...].starts(with: Array(#""sha256:"#.utf8)) })
    for place in place + 8..<place + 24 { bytes[place] = UInt8(ascii: "7") }
    return try work.write(bytes, "other.linnet")
  }

  @Test func aPairLearnsAndAnswers() throws {
    let work = Workplace()
    let (second, first) = (try other(work), try work.pictures(0, 3))
    let kinds = [first, try work.pictures(1, 3)]
    for (kind, folder) in kinds.enumerated() {
      let outcome = try work.run("enrol", "kind-\(kind)", folder, "--model", model, "--model", second)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let pair = ["LINNET_MODEL": model + ":" + second]
    let answer = try work.run("classify", "\(kinds[1])/0.jpg", "--json", environment: pair)
    #expect(try answer.json()[0]["label"]?.string == "kind-1", "\(answer.errors)")
    let alone = try work.run("classify", "\(kinds[1])/0.jpg")
    #expect(alone.status != 0 && alone.errors.contains("efficientnet-lite0+efficientnet-lite0"))
    let twisted = try work.run("classify", "\(kinds[1])/0.jpg", "--model", second, "--model", model)
    #expect(twisted.status != 0 && twisted.errors.contains("belongs to the backbone"))
  }

  @Test func chooseTriesPairsWhereThereIsTime() throws {
    let work = Workplace()
    let second = try other(work)
    for kind in 0..<2 { _ = try work.pictures(kind, 3) }
    let arguments = [
      "choose", work.folder + "/pictures", "--model", model, "--model", second, "--method", "prototype",
    ]
    let trials = try work.run(arguments + ["--json"]).json()[0]["trials"]?.array ?? []
    #expect(trials.compactMap { $0["path"]?.string } == [model, second, model + ":" + second])
    #expect(trials.last?["backbone"]?.string == "efficientnet-lite0+efficientnet-lite0")
    let figures = ["file_bytes", "memory_bytes"].map { key in trials.compactMap { $0[key]?.integer } }
    #expect(figures.allSatisfy { $0.count == 3 && $0[2] == $0[0] + $0[1] }, "\(figures)")
    #expect((trials.last?["results"]?.array?.count ?? 0) == 1)
    let hurried = try work.run(arguments + ["--budget", "0.001", "--json"]).json()[0]
    #expect(hurried["trials"]?.array?.count == 2)
  }

  @Test func explainTakesAPair() throws {
    let work = Workplace()
    let second = try other(work)
    let pair = ["LINNET_MODEL": model + ":" + second]
    let kinds = [try work.pictures(0, 3), try work.pictures(1, 3)]
    for (kind, folder) in kinds.enumerated() {
      #expect(try work.run("enrol", "kind-\(kind)", folder, environment: pair).status == 0)
    }
    let drawing = work.folder + "/why.png"
    let outcome = try work.run(
      "explain", kinds[1] + "/0.jpg", "-o", drawing, "--json", environment: pair)
    #expect([0, 2].contains(outcome.status) && File.exists(drawing), "\(outcome.errors)")
    #expect(try outcome.json()[0]["class"]?.string == "kind-1")
    let alone = try work.run("explain", kinds[1] + "/0.jpg")
    #expect(alone.status == 1 && alone.errors.contains("belongs to the backbone"))
  }

  @Test func wrongPairsAndViewsAreSaid() throws {
    let work = Workplace()
    let (second, folder) = (try other(work), try work.pictures(0, 1))
    let output = work.folder + "/x.npy"
    for (options, sentence) in [
      (["--model", model, "--model", model], "two different ones"),
      (["--model", model, "--model", second, "--model", second], "3 backbones were given"),
      (["--views", "flop"], "are no views"),
    ] {
      let outcome = try work.run(["embed", folder, "-o", output] + options)
      #expect(outcome.status != 0 && outcome.errors.contains(sentence), "\(outcome.errors)")
    }
  }

  @Test func embeddingsOfPairsAndViews() throws {
    let work = Workplace()
    let (second, folder) = (try other(work), try work.pictures(0, 1))
    let output = work.folder + "/x.npy"
    for (options, blocks) in [
      (["--model", model, "--model", second], [1280, 1280]),
      (["--views", "flip,turns", "--all"], [1280, 192, 192, 1152, 1152, 320, 320]),
    ] {
      let outcome = try work.run(["embed", folder, "-o", output, "--json"] + options)
      #expect(try outcome.json()[0]["blocks"]?.array?.compactMap(\.integer) == blocks, "\(outcome.errors)")
    }
  }
}
