internal import LinnetAlgebra
internal import LinnetSafetensors

extension MetricPrior {
  /// Reads and checks a file that ``write(to:)`` wrote.
  public init(path: String) throws(HeadError) {
    let file: SafetensorsFile
    do throws(SafetensorsError) { file = try SafetensorsFile(path: path) } catch { throw .container(error) }
    try self.init(file)
  }

  /// Reads and checks the bytes of such a file.
  public init(bytes: [UInt8]) throws(HeadError) {
    let file: SafetensorsFile
    do throws(SafetensorsError) { file = try SafetensorsFile(bytes: bytes) } catch { throw .container(error) }
    try self.init(file)
  }

  private init(_ file: SafetensorsFile) throws(HeadError) {
    let reader = HeadReader(file: file)
    let backbone = BackboneIdentity(
      name: try reader.text("linnet.backbone.name"), digest: try reader.text("linnet.backbone"))
    guard let prior = try reader.prior(try reader.dimension(), backbone) else {
      throw .malformed(what: "linnet.prior", expected: "a learned metric")
    }
    self = prior
  }

  /// The file's bytes (`FORMAT.md`).
  public func serialised() throws(HeadError) -> [UInt8] {
    var writer = SafetensorsWriter()
    writer.metadata = [
      "linnet.backbone": backbone.digest, "linnet.backbone.name": backbone.name,
      "linnet.dimension": "\(dimension)", "linnet.prior": form,
    ]
    do throws(SafetensorsError) { try add(to: &writer) } catch { throw .container(error) }
    return writer.serialised()
  }

  /// Replaces the file at `path`, whole or not at all.
  public func write(to path: String) throws(HeadError) {
    let bytes = try serialised()
    do throws(SystemError) { try writeAtomically(bytes, to: path) } catch { throw .cannotWrite(error) }
  }

  /// What stands under `linnet.prior`, here and in heads.
  var form: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("parts")
    writer.beginArray()
    for part in parts {
      writer.beginArray()
      writer.value(part.range.lowerBound)
      writer.value(part.range.upperBound)
      writer.value(part.power.rawValue)
      writer.value(part.rank)
      writer.value(part.weight)
      writer.endArray()
    }
    writer.endArray()
    if let likeness {
      writer.key("likeness")
      writer.beginArray()
      writer.value(likeness.width)
      writer.value(likeness.classCount)
      writer.value(likeness.weight)
      writer.endArray()
    }
    writer.endObject()
    return writer.text
  }

  /// The tensors, here and in heads.
  func add(to writer: inout SafetensorsWriter) throws(SafetensorsError) {
    for (place, part) in parts.enumerated() {
      let width = part.range.count
      if let standard = part.standard {
        try writer.add("prior.\(place).mean", shape: [width], standard.mean)
        try writer.add("prior.\(place).deviation", shape: [width], standard.deviation)
      }
      try writer.add("prior.\(place).centre", shape: [width], part.centre)
      try writer.add("prior.\(place).directions", shape: [part.rank, width], part.directions)
      try writer.add("prior.\(place).gains", shape: [part.rank], part.gains)
    }
    guard let likeness else { return }
    try writer.add("prior.likeness", shape: [likeness.classCount, likeness.width], likeness.codes)
    try writer.add("prior.likeness.scale", shape: [likeness.classCount], likeness.scales)
    try writer.add("prior.likeness.bias", shape: [likeness.classCount], likeness.bias)
  }
}

extension HeadReader {
  /// The learned metric of a file; `nil` where it has none.
  func prior(_ dimension: Int, _ backbone: BackboneIdentity) throws(HeadError) -> MetricPrior? {
    guard let text = file.metadata["linnet.prior"] else { return nil }
    let wrong = HeadError.malformed(what: "linnet.prior", expected: "parts within \(dimension) numbers")
    guard let value = json(text), let forms = value["parts"]?.array, 1...256 ~= forms.count else {
      throw wrong
    }
    var parts: [MetricPrior.Part] = []
    for (place, form) in forms.enumerated() {
      guard let form = form.array, form.count == 5, let start = form[0].integer, let end = form[1].integer,
        let power = form[2].string.flatMap({ EmbeddingTreatment.Power(rawValue: $0) }),
        let rank = form[3].integer, let weight = form[4].float, 0 <= start, start < end, end <= dimension,
        0 <= rank, rank <= end - start, weight > 0, weight.isFinite
      else { throw wrong }
      parts.append(try part(place, start..<end, power, rank: rank, weight: weight))
    }
    var likeness: MetricPrior.Likeness?
    if let form = value["likeness"] {
      guard let form = form.array, form.count == 3, let width = form[0].integer, let count = form[1].integer,
        let weight = form[2].float, 1...dimension ~= width, 1...65536 ~= count, weight > 0, weight.isFinite
      else { throw wrong }
      likeness = try self.likeness(width, count, weight)
    }
    let prior = MetricPrior(backbone: backbone, dimension: dimension, parts: parts, likeness: likeness)
    guard prior.width <= 65536 * 2 else { throw wrong }
    return prior
  }

  private func part(
    _ place: Int, _ range: Range<Int>, _ power: EmbeddingTreatment.Power, rank: Int, weight: Float
  ) throws(HeadError) -> MetricPrior.Part {
    let width = range.count
    var standard: MetricPrior.Standard?
    if file.entry("prior.\(place).mean") != nil {
      let deviation = try floats("prior.\(place).deviation", shape: [width])
      guard deviation.allSatisfy({ $0 > 0 }) else {
        throw .malformed(what: "prior.\(place).deviation", expected: "numbers above zero")
      }
      standard = .init(mean: try floats("prior.\(place).mean", shape: [width]), deviation: deviation)
    }
    let gains = try floats("prior.\(place).gains", shape: [rank])
    guard gains.allSatisfy({ $0 >= 0 && $0 <= 1 }) else {
      throw .malformed(what: "prior.\(place).gains", expected: "numbers of 0…1")
    }
    let centre = try floats("prior.\(place).centre", shape: [width])
    let directions = try floats("prior.\(place).directions", shape: [rank, width])
    guard centre.allSatisfy({ abs($0) <= 1.001 }), directions.allSatisfy({ abs($0) <= 1.001 }) else {
      throw .malformed(what: "prior.\(place).directions", expected: "numbers of −1…1")
    }
    return MetricPrior.Part(
      range: range, power: power, standard: standard, centre: centre, directions: directions, gains: gains,
      weight: weight)
  }

  private func likeness(_ width: Int, _ count: Int, _ weight: Float) throws(HeadError) -> MetricPrior.Likeness
  {
    let entry = try entry("prior.likeness", .i8, shape: [count, width])
    return MetricPrior.Likeness(
      width: width, codes: file.elements(of: entry, as: Int8.self),
      scales: try floats("prior.likeness.scale", shape: [count]),
      bias: try floats("prior.likeness.bias", shape: [count]), weight: weight)
  }
}
