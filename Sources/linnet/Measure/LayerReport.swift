internal import LinnetKernels
internal import LinnetModel
internal import LinnetRuntime
internal import LinnetSafetensors
internal import LinnetTensor

/// What `linnet bench --per-layer` says: where the time of a run goes, and how near the peak each layer comes.
struct LayerReport {
  let session: Session
  let times: LayerTimes
  let peak: Peak

  private let costs: [Cost]

  init(session: Session, times: LayerTimes, peak: Peak) {
    self.session = session
    self.times = times
    self.peak = peak
    costs = times.costs
  }

  private var total: Cost { costs.reduce(into: Cost()) { $0 += $1 } }

  /// The groups that this network has layers of, with what they cost together.
  private var groups: [(group: Layer.Group, cost: Cost)] {
    Layer.Group.allCases.compactMap { group in
      var sum = Cost()
      for (layer, cost) in zip(times.layers, costs) where layer.group == group { sum += cost }
      return sum.layers > 0 ? (group, sum) : nil
    }
  }
}

// MARK: As a table

extension LayerReport {
  func lines(_ output: Output) -> [String] {
    let runs = times.runs.count
    let bare = table(output, barWidth: 0).lines.map(displayWidth).max() ?? 0
    return [
      "\(output.bold(session.model.name))  \(session.instructionSet.name), one thread, medians of \(runs) run\(runs == 1 ? "" : "s"); "
        + "peak \(decimal(peak.gmacsPerSecond, 1)) GMAC/s", "",
    ] + table(output, barWidth: output.barWidth(beside: bare + 2)).lines + [""] + summary(output).lines
  }

  private func table(_ output: Output, barWidth: Int) -> TextTable {
    var table = TextTable([
      .right, .left, .left, .left, .left, .right, .right, .right, .right, .right, .right, .left, .left,
    ])
    table.add(
      [
        "layer", "", "name", "kind", "output", "µs", "time", "10³ MAC", "GMAC/s", "of peak", "KiB", "kernel",
        "",
      ].map(output.bold))
    let total = total.nanoseconds
    let greatest = costs.map(\.nanoseconds).max() ?? 0
    for (number, (layer, cost)) in zip(times.layers, costs).enumerated() {
      table.add(
        ["\(number)", brace(number), visible(layer.name), layer.kind, layer.output.text]
          + figures(of: cost, total: total) + [
            shortName(layer.kernel), output.green(bar(cost.nanoseconds / greatest, width: barWidth)),
          ])
    }
    return table
  }

  /// Ties the layers of one step together.
  private func brace(_ layer: Int) -> String {
    let stages = session.steps[times.layers[layer].step].stages
    guard stages.count > 1 else { return "" }
    return layer == stages.lowerBound ? "┌" : layer == stages.upperBound - 1 ? "└" : "│"
  }

  private func summary(_ output: Output) -> TextTable {
    var table = TextTable([.left, .right, .right, .right, .right, .right, .right, .right, .right])
    table.add(
      ["", "layers", "least µs", "µs", "time", "10³ MAC", "GMAC/s", "of peak", "KiB"].map(output.bold))
    for (group, cost) in groups {
      table.add(
        [group.title, "\(cost.layers)", least(of: cost)] + figures(of: cost, total: total.nanoseconds))
    }
    table.add(
      (["whole network", "\(total.layers)", least(of: total)] + figures(of: total, total: total.nanoseconds))
        .map(output.bold))
    return table
  }

  /// µs of the fastest runs, layer by layer.
  private func least(of cost: Cost) -> String { decimal(cost.leastNanoseconds / 1e3, 1) }

  /// µs, share of the time, 10³ MAC, GMAC/s, share of the peak, KiB.
  private func figures(of cost: Cost, total: Double) -> [String] {
    [
      decimal(cost.nanoseconds / 1e3, 1), decimal(cost.nanoseconds / total * 100, 1) + " %",
      decimal(Double(cost.multiplyAccumulates) / 1e3, 0), cost.gmacsPerSecond.map { decimal($0, 1) } ?? "–",
      cost.share(of: peak).map { decimal($0 * 100, 1) + " %" } ?? "–", decimal(Double(cost.bytes) / 1024, 1),
    ]
  }

  /// The symbol without what all have in common: prefix, and the instruction set that the first line names.
  private func shortName(_ kernel: String) -> String {
    var name = kernel
    for prefix in ["linnet_s8_", "linnet_"] where name.hasPrefix(prefix) {
      name.removeFirst(prefix.count)
      break
    }
    let suffix = "__" + session.instructionSet.name
    if name.hasSuffix(suffix) { name.removeLast(suffix.count) }
    return name
  }
}

// MARK: As JSON

extension LayerReport {
  func jsonText(trace: String?) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("model", session.model.name)
    writer.member("threads", session.threads)
    writer.member("runs", times.runs.count)
    writer.member("isa", session.instructionSet.name)
    writer.member("peak_gmacs_per_s", peak.gmacsPerSecond)
    if let trace { writer.member("trace", trace) }
    writer.key("total")
    writer.beginObject()
    figures(of: total, in: &writer)
    writer.endObject()
    writer.key("groups")
    writer.beginArray()
    for (group, cost) in groups {
      writer.beginObject()
      writer.member("group", group.rawValue)
      writer.member("layers", cost.layers)
      figures(of: cost, in: &writer)
      writer.endObject()
    }
    writer.endArray()
    writer.key("layers")
    writer.beginArray()
    for (layer, cost) in zip(times.layers, costs) {
      writer.beginObject()
      writer.member("name", layer.name)
      writer.member("step", layer.step)
      writer.member("kind", layer.kind)
      writer.member("group", layer.group.rawValue)
      writer.member("output", [layer.output.height, layer.output.width, layer.output.channels])
      writer.member("kernel", layer.kernel)
      writer.member("depth", layer.depth)
      figures(of: cost, in: &writer)
      writer.member("input_bytes", layer.inputBytes)
      writer.member("weight_bytes", layer.weightBytes)
      writer.member("output_bytes", layer.outputBytes)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.text
  }

  private func figures(of cost: Cost, in writer: inout JSONWriter) {
    writer.member("us", cost.nanoseconds / 1e3)
    writer.member("min_us", cost.leastNanoseconds / 1e3)
    writer.member("share_of_time", cost.nanoseconds / total.nanoseconds)
    writer.member("macs", cost.multiplyAccumulates)
    writer.member("gmacs_per_s", cost.gmacsPerSecond)
    writer.member("share_of_peak", cost.share(of: peak))
    writer.member("bytes", cost.bytes)
  }
}
