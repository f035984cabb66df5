internal import LinnetKernels
internal import LinnetModel
internal import LinnetRuntime
internal import LinnetSafetensors

/// What `linnet bench --tune` says: for each matrix product the tiling that the cost function chose and the one that
/// is fastest, and what the choice costs; then the same of the plan of the whole network.
struct TuneReport {
  let model: String
  let instructionSet: InstructionSet
  let rows: [Row]
  /// The plan that is chosen first.
  let plans: [PlanTrial]

  struct Row {
    let shape: ProductShape
    /// Output positions of the product that was measured.
    let m: Int
    let candidates: [Candidate]
    /// Places among the candidates.
    let chosen: Int
    let fastest: Int
  }

  struct Candidate {
    let tiling: GemmTiling
    let estimatedCycles: Double
    let nanoseconds: Double
  }

  /// Measures every tiling of every product, and several plans.
  static func measure(_ model: Model, _ instructionSet: InstructionSet) throws(SessionError) -> TuneReport {
    let shapes = ProductShape.list(model.graph)
    let bar = ProgressBar("measuring products", total: shapes.count)
    let rows = shapes.enumerated().map { number, shape in
      defer { bar.update(number + 1) }
      return Row(shape, instructionSet)
    }
    bar.clear()
    return TuneReport(
      model: model.name, instructionSet: instructionSet, rows: rows,
      plans: try PlanTrial.measure(model, instructionSet))
  }

  /// Nanoseconds of all products of a run.
  private func total(_ place: (Row) -> Int) -> Double {
    rows.reduce(0) { $0 + Double($1.shape.count) * $1.candidates[place($1)].nanoseconds }
  }

  private var chosen: Double { total(\.chosen) }
  private var fastest: Double { total(\.fastest) }
}

extension TuneReport.Row {
  fileprivate init(_ shape: ProductShape, _ instructionSet: InstructionSet) {
    let bench = ProductBench(shape)
    let tilings = GemmTiling.candidates(instructionSet, n: shape.n, kGroups: shape.kGroups)
    let best = GemmTiling.best(instructionSet, m: bench.rows, n: shape.n, kGroups: shape.kGroups)
    self.shape = shape
    m = bench.rows
    candidates = zip(tilings, bench.measure(tilings)).map {
      TuneReport.Candidate(
        tiling: $0, estimatedCycles: $0.estimatedCycles(m: bench.rows, kGroups: shape.kGroups),
        nanoseconds: $1)
    }
    chosen = tilings.firstIndex { $0.text == best.text } ?? 0
    let least = candidates.map(\.nanoseconds).min()
    fastest = candidates.firstIndex { $0.nanoseconds == least } ?? 0
  }
}

extension GemmTiling {
  /// Rows × channels of each kernel's tile, and how many groups of them lie side by side: `6×64 · 3 + 12×32 · 1`.
  fileprivate var text: String {
    [main, rest].compactMap { $0 }
      .map { "\($0.kernel.rows)×\(16 * $0.kernel.panels) · \($0.count)" }.joined(separator: " + ")
  }
}

// MARK: As a table

extension TuneReport {
  func lines(_ output: Output) -> [String] {
    ["\(output.bold(model))  \(instructionSet.name), one thread", ""]
      + (rows.isEmpty ? [] : products(output) + [""]) + planLines(output)
  }

  /// By the least time of some rounds.
  private func products(_ output: Output) -> [String] {
    var table = TextTable([
      .right, .right, .right, .right, .left, .right, .right, .right, .left, .right, .right, .right,
    ])
    table.add(
      [
        "layers", "m", "n", "K", "chosen", "10³ cycles", "µs", "GMAC/s", "fastest", "10³ cycles", "µs",
        "lost",
      ].map(output.bold))
    for row in rows {
      let (chosen, fastest) = (row.candidates[row.chosen], row.candidates[row.fastest])
      var cells = ["\(row.shape.count)", "\(row.m)", "\(row.shape.n)", "\(4 * row.shape.kGroups)"]
      cells += figures(of: chosen)
      cells.append(decimal(Double(row.m * row.shape.n * 4 * row.shape.kGroups) / chosen.nanoseconds, 1))
      if row.chosen != row.fastest {
        cells += figures(of: fastest) + [lost(chosen.nanoseconds, fastest.nanoseconds)]
      }
      table.add(cells)
    }
    return table.lines + [
      "",
      "products of a run: \(decimal(chosen / 1e3, 1)) µs as chosen, \(decimal(fastest / 1e3, 1)) µs at the fastest: "
        + output.bold(lost(chosen, fastest)) + " lost",
    ]
  }

  private func planLines(_ output: Output) -> [String] {
    var table = TextTable([.left, .right, .right, .right, .right])
    table.add(["plan", "steps", "arena KiB", "µs", "least"].map(output.bold))
    for plan in plans {
      table.add([
        plan.name, "\(plan.steps)", decimal(Double(plan.arenaBytes) / 1024, 1),
        decimal(plan.medianNanoseconds / 1e3, 1), decimal(plan.leastNanoseconds / 1e3, 1),
      ])
    }
    guard let fastest = plans.min(by: { $0.leastNanoseconds < $1.leastNanoseconds }) else { return [] }
    return table.lines + [
      "",
      "plan: \(fastest.name) is the fastest, "
        + output.bold(lost(plans[0].leastNanoseconds, fastest.leastNanoseconds)) + " lost",
    ]
  }

  private func figures(of candidate: Candidate) -> [String] {
    [
      candidate.tiling.text, decimal(candidate.estimatedCycles / 1e3, 1),
      decimal(candidate.nanoseconds / 1e3, 1),
    ]
  }

  private func lost(_ chosen: Double, _ fastest: Double) -> String {
    decimal((chosen / fastest - 1) * 100, 1) + " %"
  }
}

// MARK: As JSON

extension TuneReport {
  var jsonText: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("model", model)
    writer.member("threads", 1)
    writer.member("isa", instructionSet.name)
    writer.member("chosen_us", chosen / 1e3)
    writer.member("fastest_us", fastest / 1e3)
    writer.key("products")
    writer.beginArray()
    for row in rows {
      writer.beginObject()
      writer.member("layers", row.shape.count)
      writer.member("m", row.m)
      writer.member("n", row.shape.n)
      writer.member("k", 4 * row.shape.kGroups)
      writer.key("tilings")
      writer.beginArray()
      for (place, candidate) in row.candidates.enumerated() {
        writer.beginObject()
        writer.member("tiling", candidate.tiling.text)
        writer.member("estimated_cycles", candidate.estimatedCycles)
        writer.member("us", candidate.nanoseconds / 1e3)
        writer.member("is_chosen", place == row.chosen)
        writer.member("is_fastest", place == row.fastest)
        writer.endObject()
      }
      writer.endArray()
      writer.endObject()
    }
    writer.endArray()
    writer.key("plans")
    writer.beginArray()
    for plan in plans {
      writer.beginObject()
      writer.member("plan", plan.name)
      writer.member("steps", plan.steps)
      writer.member("arena_bytes", plan.arenaBytes)
      writer.member("us", plan.medianNanoseconds / 1e3)
      writer.member("min_us", plan.leastNanoseconds / 1e3)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.text
  }
}
