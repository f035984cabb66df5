import CLinux
import LinnetImage
import LinnetSafetensors
import LinnetStore
import Testing

@testable import linnet

@Suite struct WatchTests {
  /// A store that knows two kinds of stripes.
  private func taught() throws -> Workplace {
    let work = Workplace()
    for kind in 0..<2 {
      let folder = try work.pictures(kind, 6)
      #expect(try work.run("enrol", "kind \(kind)", folder).status == 0)
    }
    return work
  }

  private func events(_ lines: [JSONValue], _ event: String) -> [JSONValue] {
    lines.filter { $0["event"]?.string == event }
  }

  @Test func aFolderIsWatchedPictureByPicture() throws {
    let work = try taught()
    let outcome = try work.run(
      "watch", "--source", work.folder + "/pictures", "--json", "--every-frame", "--stats")
    let lines = try outcome.json()
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    #expect(lines.first?["event"]?.string == "source" && lines.first?["state"]?.string == "open")
    #expect(lines.allSatisfy { $0["time"]?.double ?? 0 > 1e9 })
    let frames = events(lines, "frame")
    #expect(frames.count == 12)
    #expect(frames.map { $0["sequence"]?.integer } == (0..<12).map { $0 })
    #expect(frames.allSatisfy { $0["format"]?.string == "MJPG" && $0["width"]?.integer == 96 })
    #expect(frames.allSatisfy { keys($0["saw"]!) == ["label", "confidence", "nearest"] })
    #expect(frames[0]["picture"]?.string?.hasSuffix("kind-0/0.jpg") == true)
    let decisions = events(lines, "decision").compactMap { $0["label"]?.string }
    #expect(Set(decisions) == ["kind 0", "kind 1"])
    let stages = try #require(events(lines, "stats").first?["stages"])
    #expect(keys(stages) == ["wait", "input", "gate", "embed", "decide", "age"])
    let end = try #require(lines.last)
    #expect(end["event"]?.string == "end" && end["reason"]?.string == "source")
    #expect(end["recognised"]?.boolean == true && end["counts"]?["delivered"]?.integer == 12)
  }

  @Test func decisionsHaveTheMembersOfTheSchema() throws {
    let work = try taught()
    let lines = try work.run("watch", "--source", work.folder + "/pictures", "--json").json()
    let decision = try #require(events(lines, "decision").first)
    #expect(
      keys(decision) == [
        "event", "time", "state", "label", "confidence", "nearest", "sequence", "age_ms", "picture", "counts",
      ])
    let schema = String(
      decoding: try File.read(repository + "/Sources/LinnetPipeline/WATCH.md"), as: UTF8.self)
    for line in lines { for key in keys(line) { #expect(schema.contains("`\(key)`"), "\(key)") } }
    let counts = try #require(decision["counts"])
    for key in keys(counts) { #expect(schema.contains("| `\(key)` |"), "\(key)") }
  }

  @Test func severalHeadsAnswerByTheirNames() throws {
    let work = try taught()
    let lines = try work.run(
      "watch", "--source", work.folder + "/pictures/kind-1/0.jpg", "--json", "--head", "default", "--head",
      "imagenet",
      "--every-frame"
    ).json()
    for line in events(lines, "decision") + events(lines, "frame") {
      #expect(keys(try #require(line["heads"])) == ["default", "imagenet"])
      #expect(line["state"] == nil)
    }
  }

  @Test func peopleGetALineAChange() throws {
    let work = try taught()
    let outcome = try work.run("watch", "--source", work.folder + "/pictures")
    let lines = outcome.output.split(separator: "\n")
    #expect(outcome.status == 0 && (2...12).contains(lines.count))
    #expect(lines.contains { $0.contains("kind 1") && $0.contains("%") })
    #expect(outcome.errors.contains("no more pictures come"))
    let every = try work.run("watch", "--source", work.folder + "/pictures", "--every-frame")
    #expect(every.output.split(separator: "\n").count == 12)
  }

  @Test func endsAfterSoManyFramesAndKeepsThePicture() throws {
    let work = try taught()
    let file = work.folder + "/now.png"
    let outcome = try work.run(
      "watch", "--source", work.folder + "/pictures", "--count", "2", "--json", "--snapshot", file, "--crop",
      "0%,0%,50%,100%", "--rotate", "90")
    #expect(try outcome.json().last?["reason"]?.string == "count")
    let picture = try Picture.decode(try File.read(file))
    #expect(picture.width == 48 && picture.height == 96)
    #expect(try work.run("watch", "--source", file, "--snapshot", "x.gif").status == 64)
  }

  @Test func whatIsNeverRecognisedEndsWithTwo() throws {
    let work = try taught()
    let noise = (0..<3 * 96 * 96).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3 ^ $0 &* 31) }
    let path = try work.write(try Picture(width: 96, height: 96, pixels: noise).encodePNG(), "noise.png")
    let outcome = try work.run("watch", "--source", path, "--json")
    #expect(outcome.status == 2)
    #expect(events(try outcome.json(), "decision").map { $0["state"]?.string } == ["unknown"])
    #expect(try outcome.json().last?["recognised"]?.boolean == false)
  }

  @Test func aStreamOnStandardInputIsWatchedToItsEnd() throws {
    let work = try taught()
    let stream = try (0..<5).flatMap { try Array("--frame\r\n\r\n".utf8) + jpeg(1, $0) }
    let path = try work.write(stream, "stream.mjpeg")
    let outcome = try work.run(
      "watch", "--source", "-", "--json", "--every-frame", "--motion", "0", input: path)
    let lines = try outcome.json()
    #expect(outcome.status == 0)
    #expect(events(lines, "frame").count == 5)
    #expect(events(lines, "decision").compactMap { $0["label"]?.string } == ["kind 1"])
    // Three frames that agree make a decision.
    #expect(events(lines, "decision").first?["sequence"]?.integer == 2)
  }

  @Test func numberedPicturesComeAtTheirRate() throws {
    let work = try taught()
    let outcome = try work.run(
      "watch", "--source", work.folder + "/pictures/kind-0", "--rate", "200", "--json", "--motion", "0")
    let counts = try #require(try outcome.json().last?["counts"])
    #expect((counts["delivered"]?.integer ?? 0) + (counts["replaced"]?.integer ?? 0) == 6)
  }

  @Test func brokenPicturesAreSaidAndCounted() throws {
    let work = try taught()
    try work.write([1, 2, 3], "pictures/kind-0/broken.jpg")
    try work.write(Array(try jpeg(0, 0).prefix(400)), "pictures/kind-0/cut.jpg")
    let outcome = try work.run("watch", "--source", work.folder + "/pictures", "--json")
    let counts = try #require(try outcome.json().last?["counts"])
    #expect(outcome.status == 0)
    #expect((counts["broken"]?.integer ?? 0) + (counts["undecodable"]?.integer ?? 0) >= 1)
    #expect(outcome.errors.contains("broken.jpg"))
  }

  @Test(arguments: ["--camera", "--source"])
  func whatIsNotThereIsSaid(_ option: String) throws {
    let outcome = try Workplace().run("watch", option, "/nowhere/at/all")
    #expect(outcome.status == 66 && outcome.errors.contains("/nowhere/at/all"), "\(outcome.errors)")
  }

  @Test(arguments: [
    ["--rate", "0"], ["--camera", "x", "--source", "y"], ["--show", "--json"], ["--agree", "0"],
    ["--motion", "101"],
    ["--count", "0"], ["--for", "0"], ["--head", "a", "--head", "a"], ["--size", "12"], ["--crop", "1,2,3"],
    ["--rotate", "45"], ["--stall", "0"], ["--format", "too long"],
  ])
  func aWrongCommandLineIsRefused(_ arguments: [String]) throws {
    #expect(try Workplace().run(["watch"] + arguments).status == 64)
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func aSceneIsWatchedUntilASignal(_ signal: Int32) throws {
    let work = try taught()
    let child = try work.start([
      "watch", "--source", "scene:" + work.folder + "/pictures", "--rate", "20", "--size", "160x120",
      "--json",
    ])
    let output = work.folder + "/output"
    for _ in 0..<600 where ((try? File.read(output))?.count ?? 0) < 300 { usleep(50_000) }
    kill(child, signal)
    #expect(work.finish(child) == 0)
    let lines = try String(decoding: File.read(output), as: UTF8.self).split(separator: "\n").map {
      try JSONValue.parse(String($0))
    }
    #expect(lines.last?["event"]?.string == "end" && lines.last?["reason"]?.string == "signal")
  }

  @Test func aSceneIsTheSameForTheSameSeed() throws {
    let work = try taught()
    func run(_ seed: String) throws -> [[String?]] {
      try events(
        work.run(
          "watch", "--source", "scene:" + work.folder + "/pictures", "--seed", seed, "--size", "160x120",
          "--count",
          "40", "--json", "--every-frame"
        ).json(), "frame"
      ).map { [$0["state"]?.string, $0["label"]?.string, $0["luma"]?.double.map { "\($0)" }] }
    }
    let once = try run("4")
    #expect(once.count == 40)
    #expect(try run("4") == once)
    #expect(try run("5") != once)
  }

  @Test func cameraMayStandAlone() {
    #expect(SourceOptions.completed(["enrol", "x", "--camera"]) == ["enrol", "x", "--camera", "first"])
    #expect(
      SourceOptions.completed(["enrol", "x", "--camera", "--count", "3"])
        == ["enrol", "x", "--camera", "first", "--count", "3"])
    #expect(SourceOptions.completed(["watch", "--camera", "2"]) == ["watch", "--camera", "2"])
    #expect(SourceOptions.completed(["watch"]) == ["watch"])
  }
}

@Suite struct LiveEnrolmentTests {
  @Test func shotsThatDifferAreKept() throws {
    let work = Workplace()
    try work.write(try jpeg(0, 0), "live/1.jpg")
    try work.write(try jpeg(0, 0), "live/2.jpg")
    try work.write(try jpeg(1, 0), "live/3.jpg")
    try work.write(try jpeg(3, 0), "live/10.jpg")
    let outcome = try work.run("enrol", "thing", "--source", work.folder + "/live", "--json", "--count", "3")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try outcome.json()[0]["added"]?.integer == 3)
    let captures = try work.store.captures()
    // A JPEG that needs no change is kept as it came.
    #expect(
      Set(try captures.map { try File.read($0.path) }) == [try jpeg(0, 0), try jpeg(1, 0), try jpeg(3, 0)])
  }

  @Test func aViewIsKeptAsItIsSeen() throws {
    let work = Workplace()
    try work.write(try jpeg(1, 0), "live/1.jpg")
    let outcome = try work.run(
      "enrol", "--background", "--source", work.folder + "/live", "--crop", "0,0,40,96", "--rotate", "270")
    try #require(outcome.status == 0 && outcome.errors.contains("1 of 5 shots"), "\(outcome.errors)")
    let picture = try Picture.decode(try File.read(try work.store.background()[0].path))
    #expect(picture.width == 40 && picture.height == 96)
  }

  @Test(arguments: [
    ["enrol", "--camera"], ["enrol", "x", "--background", "--camera"], ["enrol", "x", "y.jpg", "--camera"],
    ["enrol", "x", "--source", "y", "--count", "0"], ["enrol", "--background"], ["enrol"],
  ])
  func aWrongCommandLineIsRefused(_ arguments: [String]) throws {
    #expect(try Workplace().run(arguments).status == 64)
  }

  @Test func teachingNeedsATerminal() throws {
    let work = Workplace()
    let outcome = try work.run("teach", "--source", try work.pictures(0, 1))
    #expect(outcome.status == 64 && outcome.errors.contains("linnet enrol LABEL --camera"))
  }
}
