internal import ArgumentParser
internal import LinnetKernels
internal import LinnetModel
internal import LinnetRuntime
internal import LinnetSafetensors

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure how fast the engine runs a model.",
    discussion: """
      Runs the network alone, without reading or decoding a picture, and prints the median, the least and the \
      99th percentile of the time a run took. A few runs before the measured ones warm the caches. Anything else that \
      the machine does shows in the figures: compare only what was measured side by side.

      --peak measures the machine instead: how many multiply-accumulates a second the multiply loop of each \
      instruction set does on one thread, with nothing to load, to store or to requantise. No network is faster.

      --per-layer says where the time goes: for each layer the median of its time, its multiply-accumulates (MAC), \
      their share of the peak measured between the runs, and the bytes of its weights and of what it reads and leaves \
      in the arena. A brace ties the layers of a step, which takes a few rows at a time through all of them. GMAC/s \
      are 10⁹ multiply-accumulates a second; K is the length of a sum.

      --tune times every way to cut the network's matrix products into tiles, and compares what the engine chooses by \
      its cost function, in cycles of an imagined core, with the fastest. Then it compares the plan chosen for the \
      network with one layer after the other, and with so many rows at a time through as many layers as possible.

      --rate sleeps between runs, as a camera's frames would have it, and says what processor time goes into the runs \
      and what into the pauses.

      --cold says what the first embedding of a process takes, from a picture of 640 × 480 in memory, and what private \
      memory the process then holds for it. The time before the program's first line is not in it.

      --trace writes the times of a few runs of their own for chrome://tracing or ui.perfetto.dev.

      EXAMPLES
        linnet bench
        linnet bench models/efficientnet-lite0.linnet --threads 2 --runs 500
        LINNET_ISA=avx2 linnet bench --json
        linnet bench --peak
        linnet bench --per-layer
        linnet bench --tune
        linnet bench --threads 4 --rate 1 --runs 60
        linnet bench --cold
        linnet bench --runs 20 --trace run.json

      JSON: model, threads, runs, median_ms, min_ms, p99_ms, macs (multiply-accumulates of a run), \
      gmacs_per_s (10⁹ of them a second, from the median), arena_bytes, isa, \
      processor_ms (of all threads, a run), with --rate rate and paused_processor_ms (a pause), and the path of a \
      trace. With --peak: isa, threads, peaks (isa, kernel, gmacs_per_s). With --per-layer: model, threads, runs, isa, \
      peak_gmacs_per_s, total, groups and layers, each with us, min_us, share_of_time, macs, gmacs_per_s, \
      share_of_peak and bytes. With --tune: model, threads, isa, chosen_us, fastest_us (of all products of a run), \
      products (layers, m, n, k, tilings), each tiling with estimated_cycles and us, and plans (plan, steps, \
      arena_bytes, us, min_us). With --cold: model, threads, isa, open_ms, plan_ms, embed_ms, private_bytes, \
      arena_bytes.
      """)

  @Argument(
    help: ArgumentHelp("The model; the usual backbone by default.", valueName: "model"),
    completion: .file(extensions: ["linnet"]))
  var model: String?

  @Option(name: .customLong("model"), help: .hidden)
  var modelOption: String?

  @Option(help: ArgumentHelp("Threads that share a run.", valueName: "n"))
  var threads = 1

  @Option(help: ArgumentHelp("Runs that are measured.", valueName: "n"))
  var runs = 200

  @Option(help: ArgumentHelp("Runs to begin a second, with sleep in between.", valueName: "number"))
  var rate: Double?

  @Flag(exclusivity: .exclusive)
  var subject: Subject?

  @Option(
    help: ArgumentHelp("Write a trace in Chrome's format.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var trace: String?

  @OptionGroup var json: JSONOption

  /// What is measured instead of whole runs.
  enum Subject: EnumerableFlag {
    case peak
    case perLayer
    case tune
    case cold

    static func name(for value: Subject) -> NameSpecification { .long }

    static func help(for value: Subject) -> ArgumentHelp? {
      switch value {
      case .peak: "Measure the peak of each instruction set."
      case .perLayer: "Measure each layer of a run."
      case .tune: "Measure tilings and plans against each other."
      case .cold: "Measure the first embedding of a process."
      }
    }
  }

  /// Of these every layer's time is kept.
  private static let greatestRunsPerLayer = 10_000

  func validate() throws {
    guard (1...1_000_000).contains(runs) else { throw ValidationError("--runs must be 1 to 1000000.") }
    guard (1...SessionConfiguration.greatestThreads).contains(threads) else {
      throw ValidationError("--threads must be 1 to \(SessionConfiguration.greatestThreads).")
    }
    if subject == .peak, model != nil || modelOption != nil {
      throw ValidationError("--peak measures the machine: leave the model out.")
    }
    if trace != nil, subject == .peak || subject == .tune || subject == .cold {
      throw ValidationError("--trace goes with runs: leave --peak, --tune or --cold out.")
    }
    if let rate {
      guard rate >= 0.01, rate <= 10_000 else { throw ValidationError("--rate must be 0.01 to 10000.") }
      guard subject == nil, trace == nil else {
        throw ValidationError("--rate goes with runs alone: leave the other measurements out.")
      }
    }
    if threads > 1, subject.map({ $0 != .cold }) ?? (trace != nil) {
      throw ValidationError(
        "--peak, --per-layer, --tune and --trace measure one thread: leave --threads out.")
    }
    guard subject != .perLayer || runs <= Bench.greatestRunsPerLayer else {
      throw ValidationError("--runs must be 1 to \(Bench.greatestRunsPerLayer) with --per-layer.")
    }
  }

  func run() throws {
    if subject == .peak { return try reportPeaks() }
    if subject == .cold { return try reportFirst() }
    let model = try ModelPlace.open(model ?? modelOption)
    if subject == .tune { return try reportTuning(of: model) }
    let session = try reporting {
      try Session(model: model, configuration: SessionConfiguration(threads: threads))
    }
    fillInput(of: session)
    if let trace { try writeTrace(of: session, to: trace) }
    if subject == .perLayer { reportLayers(of: session) } else { reportRuns(of: session) }
  }

  private func reportRuns(of session: Session) {
    let times = rate.map { RunTimes(session, runs: runs, rate: $0) } ?? RunTimes(session, runs: runs)
    let (median, least, p99) = (times.median, times.quantile(0), times.quantile(0.99))
    let macs = session.stages.reduce(0) { $0 + $1.multiplyAccumulates }
    let speed = Double(macs) / median / 1e6
    let output = Output()
    guard json.isOn else {
      output.line(
        "\(output.bold(session.model.name))  \(session.instructionSet.name), \(threads) thread\(threads == 1 ? "" : "s"), \(runs) runs"
      )
      output.line(
        "median \(output.bold(decimal(median, 3) + " ms"))  least \(decimal(least, 3)) ms  99th percentile \(decimal(p99, 3)) ms"
      )
      output.line(
        "\(decimal(Double(macs) / 1e6, 1)) million multiply-accumulates, \(decimal(speed, 1)) · 10⁹ a second; arena \((session.arenaBytes + 1023) / 1024) KiB"
      )
      if let paused = times.pausedMilliseconds {
        output.line(
          "processor time \(decimal(times.processorMilliseconds, 3)) ms a run, \(decimal(paused, 3)) ms a pause"
        )
      }
      return
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("model", session.model.name)
    writer.member("threads", threads)
    writer.member("runs", runs)
    writer.member("median_ms", median)
    writer.member("min_ms", least)
    writer.member("p99_ms", p99)
    writer.member("macs", macs)
    writer.member("gmacs_per_s", speed)
    writer.member("arena_bytes", session.arenaBytes)
    writer.member("isa", session.instructionSet.name)
    writer.member("processor_ms", times.processorMilliseconds)
    if let rate, let paused = times.pausedMilliseconds {
      writer.member("rate", rate)
      writer.member("paused_processor_ms", paused)
    }
    if let trace { writer.member("trace", trace) }
    writer.endObject()
    output.line(writer.text)
  }
}

/// Fills the input with codes that look like noise, always the same.
private func fillInput(of session: Session) {
  session.withInput { codes in
    var state: UInt32 = 1
    for place in 0..<codes.count {
      state = state &* 1_664_525 &+ 1_013_904_223
      codes[place] = Int8(truncatingIfNeeded: state >> 24)
    }
  }
}
