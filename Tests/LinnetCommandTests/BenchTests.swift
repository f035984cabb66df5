import LinnetSafetensors
import LinnetStore
import Testing

@Suite struct BenchTests {
  private let figures = ["us", "min_us", "share_of_time", "macs", "gmacs_per_s", "share_of_peak", "bytes"]

  private func sum(_ values: [JSONValue], _ key: String) -> Double {
    values.reduce(0) { $0 + ($1[key]?.double ?? .nan) }
  }

  /// A small network of the engine's tests.
  private func fixture(_ name: String) -> String {
    repository + "/Tests/LinnetRuntimeTests/Fixtures/\(name).linnet"
  }

  private func isNear(_ value: Double, _ other: Double) -> Bool { abs(value - other) <= 1e-9 * abs(other) }

  @Test func layersAddUpToTheNetwork() throws {
    let work = Workplace()
    let answer = try work.run("bench", "--per-layer", "--runs", "2", "--json").json()[0]
    #expect(
      keys(answer) == [
        "model", "threads", "runs", "isa", "peak_gmacs_per_s", "total", "groups", "layers",
      ])
    let total = try #require(answer["total"])
    let groups = try #require(answer["groups"]?.array)
    let layers = try #require(answer["layers"]?.array)
    let inspected = try work.run("inspect", model, "--json").json()[0]
    #expect(keys(total) == figures)
    #expect(keys(groups[0]) == ["group", "layers"] + figures)
    #expect(
      keys(layers[0]) == ["name", "step", "kind", "group", "output", "kernel", "depth"] + figures
        + ["input_bytes", "weight_bytes", "output_bytes"])
    #expect(layers.map { $0["name"] } == inspected["steps"]?.array?.map { $0["name"] })
    #expect(total["macs"] == inspected["macs"])

    for key in ["us", "min_us", "share_of_time", "macs", "bytes"] {
      let whole = try #require(total[key]?.double)
      #expect(isNear(sum(groups, key), whole) && isNear(sum(layers, key), whole), "\(key)")
    }
    #expect(isNear(sum(layers, "share_of_time"), 1))
    #expect(groups.reduce(0) { $0 + ($1["layers"]?.integer ?? 0) } == layers.count)
    for group in groups {
      let own = layers.filter { $0["group"] == group["group"] }
      #expect(own.count == group["layers"]?.integer)
      #expect(isNear(sum(own, "us"), try #require(group["us"]?.double)))
    }
    let peak = try #require(answer["peak_gmacs_per_s"]?.double)
    for layer in layers {
      let bytes = ["input_bytes", "weight_bytes", "output_bytes"].compactMap { layer[$0]?.integer }
      #expect(layer["bytes"]?.integer == bytes.reduce(0, +))
      guard let speed = layer["gmacs_per_s"]?.double else {
        #expect(layer["macs"]?.integer == 0 && layer["share_of_peak"] == .null && layer["depth"] == .null)
        continue
      }
      #expect(isNear(try #require(layer["share_of_peak"]?.double), speed / peak))
      #expect(isNear(speed, try #require(layer["macs"]?.double) / (layer["us"]?.double ?? 0) / 1e3))
    }
  }

  /// Of some layers of the usual backbone, by hand, where every tensor lies in the arena.
  @Test func layersAreDescribed() throws {
    let answer = try Workplace().run(
      "bench", "--per-layer", "--runs", "1", "--json", environment: ["LINNET_PLAN": "unfused"]
    ).json()[0]
    func layer(_ name: String) throws -> JSONValue {
      try #require(answer["layers"]?.array?.first { $0["name"]?.string == name })
    }
    let stem = try layer("stem")
    #expect(stem["group"]?.string == "convolution_other" && stem["depth"]?.integer == 27)
    #expect(stem["input_bytes"]?.integer == 224 * 224 * 3)
    #expect(stem["output_bytes"]?.integer == 112 * 112 * 32)
    let expand = try layer("block1.expand")
    #expect(expand["group"]?.string == "pointwise_other" && expand["depth"]?.integer == 16)
    #expect(expand["weight_bytes"]?.integer == 96 * 16 + 96 * (4 + 4 + 4))
    #expect(try layer("block1.project")["group"]?.string == "pointwise_deep")
    let depthwise = try layer("block1.depthwise")
    #expect(depthwise["group"]?.string == "depthwise" && depthwise["depth"]?.integer == 9)
    #expect(try layer("block2.add")["input_bytes"]?.integer == 2 * 56 * 56 * 24)
    #expect(try layer("embedding")["group"]?.string == "rest")
  }

  @Test func theTableHasALineALayer() throws {
    let outcome = try Workplace().run("bench", "--per-layer", "--runs", "1")
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(outcome.status == 0 && !outcome.output.contains("\u{1B}"))
    #expect(lines[0].hasPrefix("efficientnet-lite0  ") && lines[2].hasPrefix("layer  "))
    #expect(
      lines.contains { $0.contains("block1.depthwise") && $0.contains("56×56×96") && $0.contains(" %") })
    #expect(lines.contains { $0.hasPrefix("pointwise with K ≥ 80") })
    #expect(lines.contains { $0.hasPrefix("whole network") && $0.contains("100.0 %") })
  }

  @Test func everyInstructionSetOfThisMachineHasAPeak() throws {
    let work = Workplace()
    let answer = try work.run("bench", "--peak", "--json").json()[0]
    #expect(keys(answer) == ["isa", "threads", "peaks"])
    let peaks = try #require(answer["peaks"]?.array)
    #expect(peaks.first?["isa"]?.string == "reference")
    #expect(peaks.contains { $0["isa"] == answer["isa"] })
    for peak in peaks {
      #expect(keys(peak) == ["isa", "kernel", "gmacs_per_s"])
      #expect(try #require(peak["gmacs_per_s"]?.double) > 0)
      #expect(peak["kernel"]?.string?.hasSuffix("__" + (peak["isa"]?.string ?? "")) == true)
      let isa = try #require(peak["isa"]?.string)
      let forced = try work.run("--version", environment: ["LINNET_ISA": isa])
      #expect(forced.status == 0, "\(isa) can be run here")
    }
    let table = try work.run("bench", "--peak", environment: ["LINNET_ISA": "reference"]).output
    let lines = table.split(separator: "\n")
    #expect(lines.count == peaks.count + 1)
    #expect(lines.filter { $0.hasSuffix(" in use") }.count == 1 && lines[1].hasSuffix(" in use"))
  }

  @Test func everyProductHasAChosenAndAFastestTiling() throws {
    let work = Workplace()
    let answer = try work.run("bench", "--tune", fixture("residual"), "--json").json()[0]
    #expect(keys(answer) == ["model", "threads", "isa", "chosen_us", "fastest_us", "products", "plans"])
    let products = try #require(answer["products"]?.array)
    let steps = try #require(
      try work.run("inspect", fixture("residual"), "--json").json()[0]["steps"]?.array)
    let convolutions = steps.filter { $0["kind"]?.string == "convolution" }
    #expect(products.reduce(0) { $0 + ($1["layers"]?.integer ?? 0) } == convolutions.count)
    #expect(
      products.contains { $0["m"]?.integer == 16 && $0["n"]?.integer == 24 && $0["k"]?.integer == 8 })
    var (chosenTime, fastestTime) = (0.0, 0.0)
    for product in products {
      #expect(keys(product) == ["layers", "m", "n", "k", "tilings"])
      let tilings = try #require(product["tilings"]?.array)
      #expect(Set(tilings.compactMap { $0["tiling"]?.string }).count == tilings.count)
      let chosen = tilings.filter { $0["is_chosen"]?.boolean == true }
      let fastest = tilings.filter { $0["is_fastest"]?.boolean == true }
      try #require(chosen.count == 1 && fastest.count == 1)
      let cycles = tilings.compactMap { $0["estimated_cycles"]?.double }
      let times = tilings.compactMap { $0["us"]?.double }
      #expect(chosen[0]["estimated_cycles"]?.double == cycles.min())
      #expect(fastest[0]["us"]?.double == times.min() && times.allSatisfy { $0 > 0 })
      let layers = try #require(product["layers"]?.double)
      chosenTime += layers * (chosen[0]["us"]?.double ?? .nan)
      fastestTime += layers * (fastest[0]["us"]?.double ?? .nan)
    }
    let plans = try #require(answer["plans"]?.array)
    #expect(plans.prefix(3).map { $0["plan"]?.string } == ["automatic", "unfused", "1 row"])
    for plan in plans {
      #expect(keys(plan) == ["plan", "steps", "arena_bytes", "us", "min_us"])
      let (median, least) = (try #require(plan["us"]?.double), try #require(plan["min_us"]?.double))
      #expect(0 < least && least <= median)
      #expect(plan["steps"]?.integer ?? 0 <= steps.count)
    }
    #expect(plans[1]["steps"]?.integer == steps.count)
    #expect(plans[2]["steps"]?.integer ?? .max < steps.count)
    #expect(isNear(chosenTime, try #require(answer["chosen_us"]?.double)))
    #expect(isNear(fastestTime, try #require(answer["fastest_us"]?.double)))
  }

  @Test func theTuningTableHasALineAProduct() throws {
    let work = Workplace()
    let network = fixture("residual")
    let products = try #require(
      try work.run("bench", "--tune", network, "--json").json()[0]["products"]?.array)
    let lines = try work.run("bench", "--tune", network).output.split(separator: "\n")
    let head = try #require(lines.firstIndex { $0.hasPrefix("layers") })
    let total = try #require(lines.firstIndex { $0.hasPrefix("products of a run: ") })
    #expect(total == head + 1 + products.count && lines[total].hasSuffix(" % lost"))
    #expect(lines[head + 1..<total].allSatisfy { $0.contains("×") })
    #expect(lines.contains { $0.hasPrefix("automatic  ") } && lines.contains { $0.hasPrefix("16 rows  ") })
    #expect(lines.last?.hasPrefix("plan: ") == true && lines.last?.hasSuffix(" % lost") == true)
  }

  @Test func aNetworkWithoutProductsHasOnlyPlans() throws {
    let outcome = try Workplace().run("bench", "--tune", fixture("additions"))
    #expect(outcome.status == 0 && !outcome.output.contains("products"))
    #expect(outcome.output.contains("automatic"))
  }

  /// Networks of every kind of operator: reshapes, which take no time, and concatenations, a step for each input.
  @Test(arguments: ["concatenations", "shapes", "residual", "pools", "groups", "classifier"])
  func layersOfEveryKind(network: String) throws {
    let path = fixture(network)
    let work = Workplace()
    let answer = try work.run("bench", "--per-layer", "--runs", "1", "--json", path).json()[0]
    let layers = try #require(answer["layers"]?.array)
    let inspected = try work.run("inspect", path, "--json").json()[0]
    #expect(layers.map { $0["name"] } == inspected["steps"]?.array?.map { $0["name"] })
    #expect(layers.allSatisfy { $0["kind"]?.string != "reshape" })
    let plan = try work.run("inspect", path, "--plan", "--json").json()[0]
    let stages = (plan["steps"]?.array ?? []).flatMap { $0["stages"]?.array ?? [] }
    #expect(layers.map { $0["name"] } == stages.map { $0["name"] })
    #expect(answer["total"]?["macs"] == inspected["macs"])
  }

  @Test func tracesNestLayersInRuns() throws {
    let work = Workplace()
    let path = work.folder + "/trace.json"
    let outcome = try work.run("bench", "--runs", "1", "--trace", path, "--json")
    #expect(outcome.status == 0)
    let answer = try outcome.json()[0]
    #expect(answer["trace"]?.string == path)
    let trace = try JSONValue.parse(String(decoding: try File.read(path), as: UTF8.self))
    #expect(keys(trace) == ["traceEvents", "displayTimeUnit"])
    let events = try #require(trace["traceEvents"]?.array)
    for event in events {
      #expect(event["pid"]?.integer == 1 && event["tid"]?.integer == 1 && event["name"]?.string != nil)
      #expect(["M", "X"].contains(event["ph"]?.string))
    }
    let complete = events.filter { $0["ph"]?.string == "X" }
    let runs = complete.filter { $0["cat"]?.string == "run" }
    let plan = try work.run("inspect", model, "--plan", "--json").json()[0]
    let steps = try #require(plan["steps"]?.array)
    let stages = steps.flatMap { $0["stages"]?.array ?? [] }
    let shared = steps.filter { ($0["stages"]?.array?.count ?? 0) > 1 }.count
    let layers = complete.filter { $0["cat"]?.string != "run" && $0["cat"]?.string != "step" }
    #expect(runs.map { $0["name"]?.string } == (1...5).map { "run \($0)" })
    #expect(complete.filter { $0["cat"]?.string == "step" }.count == runs.count * shared)
    #expect(layers.count == runs.count * stages.count)
    #expect(layers.prefix(stages.count).map { $0["name"] } == stages.map { $0["name"] })
    #expect(keys(try #require(layers[0]["args"])) == ["kernel", "shape", "macs", "bytes"])

    func begin(_ event: JSONValue) -> Double { event["ts"]?.double ?? .nan }
    func end(_ event: JSONValue) -> Double { begin(event) + (event["dur"]?.double ?? .nan) }
    let rounding = 1e-6
    #expect(begin(runs[0]) == 0)
    for (run, next) in zip(runs, runs.dropFirst()) { #expect(end(run) <= begin(next) + rounding) }
    for (layer, next) in zip(layers, layers.dropFirst()) { #expect(end(layer) <= begin(next) + rounding) }
    #expect(complete.allSatisfy { end($0) >= begin($0) })
    for event in complete where event["cat"]?.string != "run" {
      #expect(
        runs.contains { begin($0) <= begin(event) + rounding && end(event) <= end($0) + rounding },
        "\(event["name"]?.string ?? "") lies within a run")
    }
    for step in complete where step["cat"]?.string == "step" {
      let own = layers.filter { begin($0) >= begin(step) - rounding && end($0) <= end(step) + rounding }
      #expect(own.count >= step["args"]?["stages"]?.integer ?? .max)
    }
  }

  @Test func pausesAreCounted() throws {
    let answer = try Workplace().run(
      "bench", "--runs", "3", "--rate", "50", "--threads", "2", "--json"
    ).json()[0]
    #expect(keys(answer).suffix(3) == ["processor_ms", "rate", "paused_processor_ms"])
    #expect(answer["rate"]?.double == 50)
    #expect(try #require(answer["processor_ms"]?.double) > 0)
    #expect(try #require(answer["paused_processor_ms"]?.double) >= 0)
  }

  @Test func theFirstEmbeddingIsMeasured() throws {
    let answer = try Workplace().run("bench", "--cold", "--threads", "2", "--json").json()[0]
    #expect(
      keys(answer) == [
        "model", "threads", "isa", "open_ms", "plan_ms", "embed_ms", "private_bytes", "arena_bytes",
      ])
    for phase in ["open_ms", "plan_ms", "embed_ms"] { #expect(try #require(answer[phase]?.double) > 0) }
    // Other tests of this process give memory back meanwhile: the figure itself is toolchain/check-footprint's.
    #expect(answer["private_bytes"]?.integer != nil)
  }
}
