public import ArgumentParser
internal import LinnetHead
internal import LinnetImage
public import LinnetInsight
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetTensor

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show which part of a picture decided.",
    discussion: """
      Draws over the picture how much each part speaks for the answer rather than the other classes; dark parts \
      the network did not see. With --class, how much for that class, whatever the answer is: why not a plate?

      --method cam (class activation map) takes one run of the network. --method occlusion covers one part after the \
      other and watches the answer change: slower, and without any assumption about the network.

      Of a pair of backbones, the map is the sum of what both have seen.

      Beneath the drawing stands the class in capitals; one in a script other than Latin is named by its number in the head, \
      which linnet heads show lists.

      A head that looks at the table instead of the mug has learned the table: show it mugs on other tables.

      EXAMPLES
        linnet explain photo.jpg -o why.png
        linnet explain --class plate --boxes photo.jpg -o why.png
        linnet explain --mask mask.png --json photo.jpg

      Text and JSON tell the boxes around what reaches --threshold of the strongest part, in pixels of the upright \
      picture. JSON: picture, width, height, label (null when unknown), class (the explained one), confidence, \
      method, part (what the network saw: x, y, width, height), boxes (the same, and strength 0…1), map (rows from \
      the top; above zero speaks for the class), output, mask (null without).

      EXIT STATUS
        0   something speaks for the class
        2   nothing does
      """)

  @Argument(help: "A picture, or - for standard input.", completion: .file())
  var picture: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The drawing to write.", valueName: "out.png"),
    completion: .file(extensions: ["png"]))
  var output: String?

  @Option(
    name: .customLong("class"),
    help: ArgumentHelp("The class to explain; the likeliest by default.", valueName: "label"))
  var label: String?

  @Option(help: ArgumentHelp("cam or occlusion.", valueName: "method"))
  var method = ExplanationMethod.cam

  @Flag(help: "Draw the boxes too.")
  var boxes = false

  @Option(
    help: ArgumentHelp(
      "A black and white picture of the parts that decided, to write.", valueName: "mask.png"),
    completion: .file(extensions: ["png"]))
  var mask: String?

  @Option(help: ArgumentHelp("What share of the strongest part still counts, 0 to 1.", valueName: "share"))
  var threshold: Float = 0.5

  @Option(
    help: ArgumentHelp("The head that answers: a name in the store, a file, or imagenet.", valueName: "head"))
  var head: String?

  @OptionGroup var backbone: ModelOptions
  @OptionGroup var place: StoreOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    guard threshold > 0 && threshold <= 1 else {
      throw ValidationError("--threshold must be above 0 and at most 1.")
    }
    if boxes && output == nil { throw ValidationError("--boxes draws on the picture of --output (-o).") }
  }

  func run() throws {
    let models = try backbone.openModels()
    let head = try HeadPlace.open(head, store: try place.open(), model: models[0])
    let index = try label.map { try place(of: $0, in: head) }
    let sources = try PictureList.read([picture]).sources
    guard sources.count == 1 else { throw Failure(.usage, "linnet explain takes one picture at a time") }
    let bytes = try reporting { try sources[0].read() }
    let explainer = try reporting {
      try Explainer(models: models, head: head, method: method, threads: backbone.threadCount)
    }
    let explanation = try explaining { () throws(PictureError) in try explainer.explain(bytes, class: index) }
    let boxes = explanation.boxes(threshold: threshold)
    if let output {
      let drawing = try explaining { () throws(PictureError) in
        let scale = min(1, Self.greatestExtent / Double(max(explanation.width, explanation.height)))
        let size = (
          width: max(1, Int(Double(explanation.width) * scale)),
          height: max(1, Int(Double(explanation.height) * scale))
        )
        var decoded = try Picture.decode(bytes, covering: size)
        if scale < 1 { decoded = decoded.resized(width: size.width, height: size.height, filter: .bilinear) }
        return try explanation.drawing(over: decoded, boxes: self.boxes ? boxes : []).encodePNG()
      }
      try reporting { try writeAtomically(drawing, to: output) }
    }
    if let mask {
      let picture = try explaining { () throws(PictureError) in
        try explanation.mask(threshold: threshold).encodePNG()
      }
      try reporting { try writeAtomically(picture, to: mask) }
    }
    if json.isOn {
      Output().line(line(explanation, boxes))
    } else {
      report(explanation, boxes)
    }
    if boxes.isEmpty { throw Failure(.unknown) }
  }

  /// Pictures are drawn no larger than this each way.
  private static let greatestExtent = 1280.0

  private func place(of label: String, in head: Head) throws -> Int {
    if let index = head.classes.firstIndex(of: label) { return index }
    let known = head.classes.prefix(8).joined(separator: ", ") + (head.classes.count > 8 ? ", …" : "")
    throw Failure(.noInput, "the head has no class “\(label)”; it has \(known)")
  }

  private func explaining<R>(_ body: () throws(PictureError) -> R) throws -> R {
    do throws(PictureError) {
      return try body()
    } catch {
      throw Failure(PipelineError.picture(name: picture, error))
    }
  }

  private func report(_ explanation: Explanation, _ boxes: [Explanation.Box]) {
    let output = Output()
    let explained = explanation.explained
    var answer = "\(output.bold(visible(explained.label)))  \(percent(explained.confidence))"
    if explanation.decision.isUnknown {
      answer = output.yellow("unknown") + output.dim(", nearest to ") + answer
    } else if explanation.decision.label != explained.label, let label = explanation.decision.label {
      answer += output.dim("  (the answer is \(visible(label)))")
    }
    output.line(answer)
    if boxes.isEmpty { output.line("no part of the picture speaks for it") }
    for box in boxes {
      let region = box.region
      output.line(
        "  \(region.width) × \(region.height) pixels at \(region.x), \(region.y)"
          + output.dim("  strength \(percent(box.strength))"))
    }
  }

  private func line(_ explanation: Explanation, _ boxes: [Explanation.Box]) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("picture", picture)
    writer.member("width", explanation.width)
    writer.member("height", explanation.height)
    writer.member("label", explanation.decision.label)
    writer.member("class", explanation.explained.label)
    writer.member("confidence", explanation.explained.confidence)
    writer.member("method", explanation.method.rawValue)
    writer.key("part")
    writer.beginObject()
    writer.region(explanation.part)
    writer.endObject()
    writer.key("boxes")
    writer.beginArray()
    for box in boxes {
      writer.beginObject()
      writer.region(box.region)
      writer.member("strength", box.strength)
      writer.endObject()
    }
    writer.endArray()
    writer.key("map")
    writer.beginArray()
    for row in 0..<explanation.map.rows {
      writer.beginArray()
      for column in 0..<explanation.map.columns { writer.value(explanation.map[row, column]) }
      writer.endArray()
    }
    writer.endArray()
    writer.member("output", output)
    writer.member("mask", mask)
    writer.endObject()
    return writer.text
  }
}

extension ExplanationMethod: ExpressibleByArgument {}

extension JSONWriter {
  /// Members x, y, width and height.
  fileprivate mutating func region(_ region: Region) {
    member("x", region.x)
    member("y", region.y)
    member("width", region.width)
    member("height", region.height)
  }
}
