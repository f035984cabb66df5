internal import ArgumentParser
internal import CLinux
internal import LinnetHead
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetStore

/// Times the learning of heads from numbers in files, for `toolchain/bench/heads`.
struct BenchHeads: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench-heads",
    abstract: "Measure how fast heads are learned.",
    discussion: """
      Learns a head from embeddings in a .npy file, float32 [shots, numbers], and a file with a label a line, several \
      times, on one thread. No picture and no model is read.

      With --update each shot is also added to a prototype head one by one.

      EXAMPLES
        linnet bench-heads shots.npy --labels shots.txt --method logistic --json

      JSON: method, shots, dimension, classes, runs, median_ms, min_ms, processor_ms (the least of a run), peak_bytes \
      (memory beyond that of the shots while the first run learns; null where the kernel does not say), update_us (a \
      shot; with --update).
      """,
    shouldDisplay: false)

  @Argument(help: ArgumentHelp("The embeddings.", valueName: "npy"), completion: .file(extensions: ["npy"]))
  var embeddings: String

  @Option(help: ArgumentHelp("A label a line.", valueName: "file"), completion: .file())
  var labels: String

  @Option(help: ArgumentHelp("How the head is learned.", valueName: "method"))
  var method = HeadMethod.logistic

  @Option(help: ArgumentHelp("Heads that are learned.", valueName: "n"))
  var runs = 5

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the head.", valueName: "file"),
    completion: .file(extensions: ["head"]))
  var output: String?

  @Flag(help: "Also time the addition of single shots to a prototype head.")
  var update = false

  @OptionGroup var descent: DescentOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    guard (1...10_000).contains(runs) else { throw ValidationError("--runs must be 1 to 10000.") }
  }

  private var recipe: HeadRecipe {
    var recipe = HeadRecipe(method)
    descent.apply(to: &recipe)
    return recipe
  }

  func run() throws {
    let recipe = self.recipe
    let shots = try readShots()
    let backbone = BackboneIdentity(name: "none", digest: "sha256:00")
    let before = ResidentMemory.startPeak()
    var head = try reporting { try Head.train(recipe, shots: shots, backbone: backbone) }
    let peak = before.flatMap { before in ResidentMemory.bytes("VmHWM:").map { max($0 - before, 0) } }
    var times: [(wall: Double, processor: Double)] = []
    for _ in 0..<runs {
      let begun = (linnet_monotonic_nanoseconds(), processorNanoseconds())
      head = try reporting { try Head.train(recipe, shots: shots, backbone: backbone) }
      times.append(
        (
          wall: Double(linnet_monotonic_nanoseconds() - begun.0) / 1e6,
          processor: Double(processorNanoseconds() - begun.1) / 1e6
        ))
    }
    if let output { try reporting { try head.write(to: output) } }
    try report(shots, times, peak: peak, update: update ? updateMicroseconds(shots, backbone) : nil)
  }

  private func readShots() throws -> Shots {
    let array = try reporting { try NumPyArray(path: embeddings) }
    guard array.element == .float32, array.shape.count == 2, array.shape[1] > 0 else {
      throw ValidationError("\(embeddings) must hold float32 numbers in two dimensions.")
    }
    let text = try reporting { String(decoding: try File.read(labels), as: UTF8.self) }
    let names = text.split(separator: "\n").map(String.init)
    guard names.count == array.shape[0] else {
      throw ValidationError("\(labels) has \(names.count) labels for \(array.shape[0]) shots.")
    }
    let dimension = array.shape[1]
    var shots = Shots(dimension: dimension)
    for (row, label) in names.enumerated() {
      let embedding = (row * dimension..<(row + 1) * dimension).map { array.real($0) }
      try reporting { try shots.append(embedding, label: label) }
    }
    return shots
  }

  /// What one more shot of a prototype head takes, on average over all of them.
  private func updateMicroseconds(_ shots: Shots, _ backbone: BackboneIdentity) throws -> Double {
    var head = try reporting { try Head.train(.prototype, shots: shots, backbone: backbone) }
    let rows = (0..<shots.count).map {
      Array(shots.embeddings[$0 * shots.dimension..<($0 + 1) * shots.dimension])
    }
    let begun = processorNanoseconds()
    for (row, place) in shots.classOf.enumerated() {
      try reporting { try head.add(rows[row], label: shots.classes[place]) }
    }
    return Double(processorNanoseconds() - begun) / Double(shots.count) / 1e3
  }

  private func report(
    _ shots: Shots, _ times: [(wall: Double, processor: Double)], peak: Int?, update: Double?
  ) throws {
    let walls = times.map(\.wall).sorted()
    let median = walls[walls.count / 2]
    let processor = times.map(\.processor).min() ?? 0
    let output = Output()
    guard json.isOn else {
      output.line(
        "\(output.bold(method.rawValue))  \(shots.count) shots of \(shots.dimension) numbers, \(shots.classes.count) classes, \(runs) runs"
      )
      output.line(
        "median \(output.bold(decimal(median, 3) + " ms"))  least \(decimal(walls[0], 3)) ms  processor \(decimal(processor, 3)) ms"
      )
      if let peak { output.line("peak memory \((peak + 1023) / 1024) KiB") }
      if let update { output.line("one more shot of a prototype head \(decimal(update, 2)) µs") }
      return
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("method", method.rawValue)
    writer.member("shots", shots.count)
    writer.member("dimension", shots.dimension)
    writer.member("classes", shots.classes.count)
    writer.member("runs", runs)
    writer.member("median_ms", median)
    writer.member("min_ms", walls[0])
    writer.member("processor_ms", processor)
    writer.member("peak_bytes", peak)
    if let update { writer.member("update_us", update) }
    writer.endObject()
    output.line(writer.text)
  }
}
