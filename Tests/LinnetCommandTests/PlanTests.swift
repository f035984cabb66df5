import LinnetSafetensors
import Testing

@Suite struct PlanTests {
  @Test func everyStepFindsItsTensorsWhole() throws {
    let work = Workplace()
    let answer = try work.run("inspect", model, "--plan", "--json").json()[0]
    #expect(
      keys(answer) == [
        "model", "isa", "threads", "arena_bytes", "activation_bytes", "thread_bytes", "greatest_live_bytes",
        "steps",
      ])
    let activationBytes = try #require(answer["activation_bytes"]?.integer)
    let steps = try #require(answer["steps"]?.array)
    let inspected = try work.run("inspect", model, "--json").json()[0]
    #expect(
      steps.flatMap { $0["stages"]?.array ?? [] }.map { $0["name"] }
        == inspected["steps"]?.array?.map { $0["name"] })

    var last: [String: (offset: Int, bytes: Int)] = [:]
    var written: Set<String> = ["image"]
    for (number, step) in steps.enumerated() {
      let residents = try #require(step["arena"]?.array).map { resident in
        #expect(keys(resident) == ["tensor", "use", "offset", "bytes"])
        return (
          name: resident["tensor"]?.string ?? "", use: resident["use"]?.string ?? "",
          offset: resident["offset"]?.integer ?? -1, bytes: resident["bytes"]?.integer ?? -1
        )
      }.sorted { $0.offset < $1.offset }
      #expect(residents.reduce(0) { $0 + $1.bytes } == step["live_bytes"]?.integer)
      for (one, next) in zip(residents, residents.dropFirst()) {
        #expect(one.offset + one.bytes <= next.offset, "\(one.name) and \(next.name) in step \(number)")
      }
      for resident in residents {
        #expect(resident.offset >= 0 && resident.offset + resident.bytes <= activationBytes)
        if resident.use == "written" {
          #expect(written.insert(resident.name).inserted)
        } else {
          #expect(written.contains(resident.name), "\(resident.name) is \(resident.use) in step \(number)")
          if let before = last[resident.name] { #expect(before == (resident.offset, resident.bytes)) }
        }
        last[resident.name] = (resident.offset, resident.bytes)
      }
      // What passes through rings has no place in the arena.
      let made = step["stages"]?.array?.filter { $0["ring_rows"] == .null }.count
      #expect(residents.filter { $0.use == "written" }.count == made)
      #expect(residents.contains { $0.use == "read" })
    }
    let greatest = steps.compactMap { $0["live_bytes"]?.integer }.max()
    #expect(greatest == answer["greatest_live_bytes"]?.integer)
  }

  @Test func stagesOfAStepHandRowsOn() throws {
    let work = Workplace()
    let answer = try work.run(
      "inspect", model, "--plan", "--json", environment: ["LINNET_PLAN": "4"]
    ).json()[0]
    let steps = try #require(answer["steps"]?.array)
    let shared = steps.filter { $0["strip_rows"]?.integer != nil }
    #expect(!shared.isEmpty && shared.allSatisfy { (1...4).contains($0["strip_rows"]?.integer ?? 0) })
    for step in steps {
      #expect(keys(step) == ["division", "strip_rows", "ring_bytes", "stages", "live_bytes", "arena"])
      let stages = try #require(step["stages"]?.array)
      for stage in stages { #expect(keys(stage) == ["name", "kind", "kernel", "output", "ring_rows"]) }
      #expect(stages.last?["ring_rows"] == .null)
      guard let rows = step["strip_rows"]?.integer else {
        #expect(step["ring_bytes"]?.integer == 0 && stages.allSatisfy { $0["ring_rows"] == .null })
        continue
      }
      let height = try #require(stages.last?["output"]?.array?[0].integer)
      #expect(stages.count > 1 && (1...height).contains(rows))
      var ringBytes = 0
      for stage in stages.dropLast() {
        let extents = try #require(stage["output"]?.array).compactMap(\.integer)
        let kept = try #require(stage["ring_rows"]?.integer)
        #expect((1...extents[0]).contains(kept))
        ringBytes += kept * extents[1] * extents[2]
      }
      let reserved = try #require(step["ring_bytes"]?.integer)
      #expect((ringBytes...ringBytes + 256 * stages.count).contains(reserved))
      #expect(reserved <= answer["thread_bytes"]?.integer ?? 0)
    }
    let whole = try work.run("inspect", model, "--plan", "--json", environment: ["LINNET_PLAN": "unfused"])
      .json()[0]
    #expect((whole["arena_bytes"]?.integer ?? 0) > (answer["arena_bytes"]?.integer ?? .max))
  }

  @Test func theMapHasALineAStep() throws {
    let work = Workplace()
    let steps = try #require(try work.run("inspect", model, "--plan", "--json").json()[0]["steps"]?.array)
    let outcome = try work.run("inspect", model, "--plan")
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    let head = try #require(lines.firstIndex { $0.hasPrefix("step  ") })
    let drawn = lines.dropFirst(head + 1).filter { $0.contains("█") }
    #expect(outcome.status == 0 && drawn.count == steps.count)
    #expect(try #require(drawn.first).contains("▒"))
    let maps = drawn.map { $0.suffix(while: "█▒░·".contains) }
    #expect(maps.allSatisfy { $0.count == maps[0].count } && maps[0].count >= 16)
  }

  @Test func aHeadHasNoPlan() throws {
    let outcome = try Workplace().run("inspect", repository + "/models/imagenet.head", "--plan")
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("imagenet.head") && outcome.errors.hasPrefix("linnet: "))
  }
}

extension StringProtocol {
  /// The longest end of which every character satisfies `predicate`.
  fileprivate func suffix(while predicate: (Character) -> Bool) -> String {
    String(String(reversed()).prefix(while: predicate).reversed())
  }
}
