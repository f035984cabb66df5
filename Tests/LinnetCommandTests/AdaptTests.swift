import LinnetSafetensors
import LinnetStore
import Testing

@Suite struct AdaptTests {
  /// A workplace where two labels have been taught, upright stripes and level ones.
  private func taught() throws -> Workplace {
    let work = Workplace()
    for kind in 0..<2 { _ = try work.run("enrol", "kind \(kind)", try work.pictures(kind, 4)) }
    return work
  }

  /// Pictures of another world, where stripes of either label lie as the other's did; by label.
  private func elsewhere(_ work: Workplace, _ name: String, _ numbers: Range<Int>) throws -> String {
    for kind in 0..<2 {
      for number in numbers { try work.write(jpeg(3 - kind, number), "\(name)/kind \(kind)/\(number).jpg") }
    }
    return work.folder + "/" + name
  }

  private func head(_ work: Workplace) throws -> [UInt8] {
    try File.read(#require(try work.store.headPath()))
  }

  private func label(_ work: Workplace, _ picture: String) throws -> String? {
    try work.run("classify", "--json", picture).json()[0]["top"]?.array?[0]["label"]?.string
  }

  @Test func tooFewFramesLeaveTheHead() throws {
    let work = try taught()
    let before = try head(work)
    let frames = try elsewhere(work, "frames", 0..<5)
    let outcome = try work.run("adapt", frames)
    #expect(outcome.status == 2 && outcome.output.hasPrefix("default stays as it is: "))
    #expect(outcome.output.contains("--labelled"))
    #expect(try head(work) == before)
    let json = try work.run("adapt", "--json", frames).json()[0]
    #expect(json["adapted"] == .boolean(false) && json["labelled"]?.integer == 0)
  }

  @Test func aWayChangesTheHeadUntilItIsUndone() throws {
    let work = try taught()
    let before = try head(work)
    let frames = try elsewhere(work, "frames", 0..<5)
    #expect(try work.run("adapt", frames, "--way", "moments", "--dry-run").status == 0)
    #expect(try head(work) == before)
    #expect(try work.run("adapt", frames, "--way", "moments").status == 0)
    #expect(try head(work) != before)
    #expect(try work.run("labels", "undo").status == 0)
    #expect(try head(work) == before)
  }

  @Test func labelledFramesAreLearnedFrom() throws {
    let work = try taught()
    let new = try work.write(jpeg(3, 9), "new.jpg")
    #expect(try label(work, new) == "kind 1")
    let labelled = try elsewhere(work, "labelled", 0..<2)
    let frames = try elsewhere(work, "frames", 2..<6)
    let json = try work.run("adapt", frames, "--labelled", labelled, "--json", "--dry-run").json()[0]
    #expect(json["adapted"] == .boolean(false) && json["labelled"]?.integer == 4)
    #expect(json["answers"]?.array?.map { $0["after"]!.integer! } == [4, 4])
    let outcome = try work.run("adapt", frames, "--labelled", labelled)
    #expect(outcome.status == 0 && outcome.output.hasPrefix("default is adapted to 4 labelled frames: "))
    #expect(try label(work, new) == "kind 0")
    let undone = try work.run("labels", "undo")
    #expect(undone.status == 0 && undone.output.contains("4 labelled frames"))
    #expect(try label(work, new) == "kind 1")
  }

  @Test func aLabelledFrameOfNoLabelIsRefused() throws {
    let work = try taught()
    let before = try head(work)
    let frames = try elsewhere(work, "frames", 0..<2)
    try work.write(jpeg(2, 0), "labelled/kind 2/0.jpg")
    let outcome = try work.run("adapt", frames, "--labelled", work.folder + "/labelled")
    #expect(outcome.status == 1 && outcome.errors.contains("\"kind 2\""))
    #expect(try work.run("adapt", frames, "--labelled", work.folder + "/nowhere").status == 66)
    #expect(try head(work) == before)
  }
}
