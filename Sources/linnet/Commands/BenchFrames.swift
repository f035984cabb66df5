internal import ArgumentParser
internal import CLinux
internal import LinnetHead
internal import LinnetImage
internal import LinnetModel
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetStore
internal import LinnetTensor

/// Times what becomes of one frame of a camera, for `toolchain/bench/camera` and `toolchain/check-quiet-run`.
struct BenchFrames: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench-frames",
    abstract: "Measure how fast a camera's frames become labels.",
    discussion: """
      Takes the bytes of one frame in memory, again and again, on one thread: to the network's input tensor, to the \
      embedding, and to the label. No camera is opened.

      EXAMPLES
        linnet bench-frames photo.jpg
        linnet bench-frames frame.yuyv --format YUYV --size 640x480 --part input --json

      JSON: format, width, height, bytes, runs, label, and with the part's name before it (input, embedding, label) \
      median_ms and min_ms.
      """,
    shouldDisplay: false)

  @Argument(help: ArgumentHelp("The frame's bytes.", valueName: "file"), completion: .file())
  var frame: String

  @Option(
    help: ArgumentHelp(
      "The frame's format: MJPG, YUYV, UYVY, NV12, RGB3, BGR3 or GREY.", valueName: "letters"))
  var format = PixelFormat.jpeg

  @Option(help: ArgumentHelp("Pixels of a frame that is no JPEG, as 640x480.", valueName: "extents"))
  var size: FrameSize?

  @Option(help: ArgumentHelp("The part of the frame that is seen.", valueName: "x,y,w,h"))
  var crop: FrameCrop?

  @Option(help: ArgumentHelp("Frames that are measured.", valueName: "n"))
  var runs = 100

  @Flag(help: "Measure processor time, which other work on the machine does not add to.")
  var processor = false

  @Option(help: "What to measure; all by default.")
  var part: Part?

  @Option(
    help: ArgumentHelp("The backbone.", valueName: "file"), completion: .file(extensions: ["linnet"]))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "The head that gives the label; by default the classifier that came with the backbone.",
      valueName: "file"),
    completion: .file(extensions: ["head"]))
  var head: String?

  @Option(help: ArgumentHelp("Write the codes of the input tensor.", valueName: "file"), completion: .file())
  var tensor: String?

  @OptionGroup var json: JSONOption

  enum Part: String, CaseIterable, ExpressibleByArgument {
    case input
    case embedding
    case label
  }

  func validate() throws {
    guard (1...1_000_000).contains(runs) else { throw ValidationError("--runs must be 1 to 1000000.") }
    guard format == .jpeg || size != nil else {
      throw ValidationError("--size must say a raw frame's pixels, as 640x480.")
    }
  }

  func run() throws {
    let bytes = try reporting { try File.read(frame) }
    let model = try ModelPlace.open(model)
    do {
      let format = try frameFormat(bytes)
      var times: [(part: Part, milliseconds: [Double])] = []
      var label: String?
      for part in Part.allCases where part == self.part ?? part {
        switch part {
        case .input: times.append((part, try inputTimes(bytes, format, model)))
        case .embedding: times.append((part, try embeddingTimes(bytes, format, model)))
        case .label:
          let (milliseconds, name) = try labelTimes(bytes, format, model)
          times.append((part, milliseconds))
          label = name
        }
      }
      report(times, format, byteCount: bytes.count, label: label)
    } catch let error as PictureError {
      throw Failure(.failed, "\(frame): \(error.description)")
    } catch let error as PipelineError {
      throw Failure(error)
    }
  }

  private func frameFormat(_ bytes: [UInt8]) throws -> FrameFormat {
    if let size, format != .jpeg {
      return FrameFormat(pixels: format, width: size.width, height: size.height)
    }
    let header = try PictureHeader.read(bytes)
    return FrameFormat(pixels: .jpeg, width: header.width, height: header.height)
  }

  private func inputTimes(_ bytes: [UInt8], _ format: FrameFormat, _ model: Model) throws -> [Double] {
    guard let preprocessing = model.preprocessing else {
      throw PipelineError.takesNoPicture(model: model.name)
    }
    var transform = try InputTransform(
      preprocessing: preprocessing, shape: model.inputShape, quantisation: model.inputQuantisation)
    var codes = [Int8](repeating: 0, count: model.inputShape.count)
    let times = try FrameTimes(bytes, runs: runs, processor: processor) { frame throws(PictureError) in
      var span = codes.mutableSpan
      try transform.take(frame: frame, format: format, view: FrameView(crop: crop))
      transform.writeTaken(into: &span)
    }
    if let tensor { try reporting { try writeAtomically(codes.map { UInt8(bitPattern: $0) }, to: tensor) } }
    return times.milliseconds
  }

  private func embeddingTimes(_ bytes: [UInt8], _ format: FrameFormat, _ model: Model) throws -> [Double] {
    var embedder = try Embedder(model: model)
    var embedding: [Float] = []
    return try FrameTimes(bytes, runs: runs, processor: processor) { frame throws(PictureError) in
      try embedder.embed(frame: frame, format: format, view: FrameView(crop: crop), into: &embedding)
    }.milliseconds
  }

  private func labelTimes(
    _ bytes: [UInt8], _ format: FrameFormat, _ model: Model
  ) throws -> (milliseconds: [Double], label: String?) {
    let head = try head.map(HeadPlace.read) ?? HeadPlace.openBuiltIn(beside: model)
    var embedder = try Embedder(model: model)
    var embedding: [Float] = []
    let decider = Decider(head, top: 1)
    let times = try FrameTimes(bytes, runs: runs, processor: processor) { frame throws(PictureError) in
      try embedder.embed(frame: frame, format: format, view: FrameView(crop: crop), into: &embedding)
      decider.decide(embedding)
    }
    return (times.milliseconds, decider.decision?.ranked.first?.label)
  }

  private func report(
    _ times: [(part: Part, milliseconds: [Double])], _ format: FrameFormat, byteCount: Int, label: String?
  ) {
    let output = Output()
    let results = times.map { part, milliseconds in
      let sorted = milliseconds.sorted()
      return (name: part.rawValue, median: sorted[sorted.count / 2], least: sorted[0])
    }
    guard json.isOn else {
      output.line(
        "\(format.pixels.rawValue) \(format.width) × \(format.height), \(byteCount) bytes, \(runs) frames")
      for result in results {
        output.line(
          "\(result.name)  median \(decimal(result.median, 3)) ms  least \(decimal(result.least, 3)) ms")
      }
      return
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("format", format.pixels.rawValue)
    writer.member("width", format.width)
    writer.member("height", format.height)
    writer.member("bytes", byteCount)
    writer.member("runs", runs)
    for result in results {
      writer.member("\(result.name)_median_ms", result.median)
      writer.member("\(result.name)_min_ms", result.least)
    }
    writer.member("label", label)
    writer.endObject()
    output.line(writer.text)
  }
}

/// What a frame took, one time after another.
private struct FrameTimes {
  private(set) var milliseconds: [Double]

  /// Nothing is allocated between runs, and but for the processor time no system call made.
  init(
    _ bytes: [UInt8], runs: Int, processor: Bool, _ body: (RawSpan) throws(PictureError) -> Void
  ) throws(PictureError) {
    func now() -> UInt64 { processor ? processorNanoseconds() : linnet_monotonic_nanoseconds() }
    milliseconds = []
    milliseconds.reserveCapacity(runs)
    for _ in 0..<min(20, runs) { try bytes.withRawSpan(body) }
    for _ in 0..<runs {
      let begun = now()
      try bytes.withRawSpan(body)
      milliseconds.append(Double(now() - begun) / 1e6)
    }
  }
}
