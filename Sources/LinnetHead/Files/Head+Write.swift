internal import LinnetAlgebra
internal import LinnetSafetensors

extension Head {
  /// The head file's bytes (`FORMAT.md`); equal heads make equal bytes.
  public func serialised() throws(HeadError) -> [UInt8] {
    var writer = SafetensorsWriter()
    writer.metadata = metadata
    do throws(SafetensorsError) {
      if case .linear(let classifier, _) = scorer { try add(classifier, to: &writer) }
      if case .perceptron(let perceptron, _) = scorer { try perceptron.write(to: &writer) }
      if let prototypes { try add(prototypes, to: &writer) }
      if let kept { try add(kept, to: &writer) }
      try treatment.prior?.add(to: &writer)
      try unknown.add(to: &writer)
      if let thresholdOffsets {
        try writer.add("threshold.offsets", shape: [thresholdOffsets.count], thresholdOffsets)
      }
      if let statistics = sourceStatistics {
        try writer.add("source.mean", shape: [statistics.mean.count], statistics.mean)
        try writer.add("source.deviation", shape: [statistics.deviation.count], statistics.deviation)
      }
      if let centre = treatment.centre { try writer.add("treatment.centre", shape: [centre.count], centre) }
      if let deviation = treatment.deviation {
        try writer.add("treatment.deviation", shape: [deviation.count], deviation)
      }
    } catch {
      throw .container(error)
    }
    return writer.serialised()
  }

  /// Replaces the file at `path`, whole or not at all.
  public func write(to path: String) throws(HeadError) {
    let bytes = try serialised()
    do throws(SystemError) {
      try writeAtomically(bytes, to: path)
    } catch {
      throw .cannotWrite(error)
    }
  }

  private var metadata: [String: String] {
    var names = JSONWriter()
    names.beginArray()
    for name in classes { names.value(name) }
    names.endArray()
    var form = JSONWriter()
    treatment.write(to: &form)
    var metadata = [
      "linnet.head": "2",
      "linnet.method": kind.rawValue,
      "linnet.classes": names.text,
      "linnet.backbone": backbone.digest,
      "linnet.backbone.name": backbone.name,
      "linnet.dimension": "\(dimension)",
      "linnet.treatment": form.text,
      "linnet.temperature": temperature.description,
    ]
    if !backbone.views.isEmpty { metadata["linnet.views"] = backbone.views }
    metadata["linnet.prior"] = treatment.prior?.form
    switch scorer {
    case .linear(_, let gain):
      metadata["linnet.scorer"] = "linear"
      metadata["linnet.gain"] = gain.description
    case .prototype(let gain):
      metadata["linnet.scorer"] = "prototype"
      metadata["linnet.gain"] = gain.description
    case .nearest: metadata["linnet.scorer"] = "nearest"
    case .perceptron(_, let gain):
      metadata["linnet.scorer"] = "perceptron"
      metadata["linnet.gain"] = gain.description
    }
    if let baseClassCount { metadata["linnet.base"] = "\(baseClassCount)" }
    if let names = groupNames { metadata["linnet.groups"] = names }
    if let recipe {
      var writer = JSONWriter()
      recipe.write(to: &writer)
      metadata["linnet.recipe"] = writer.text
    }
    if let choice {
      var writer = JSONWriter()
      choice.write(to: &writer)
      metadata["linnet.choice"] = writer.text
    }
    if unknown != (prototypes == nil ? .probability : .plain) { metadata["linnet.unknown"] = unknown.text }
    metadata["linnet.threshold"] = unknownThreshold?.description
    metadata["linnet.source"] = source
    metadata["linnet.license"] = license
    return metadata
  }

  private func add(_ classifier: LinearClassifier, to writer: inout SafetensorsWriter)
    throws(SafetensorsError)
  {
    switch classifier.weights {
    case .float(let weights):
      try writer.add("weights", shape: [classes.count, treatment.width], weights.dense)
    case .int8(let codes, let scales):
      try writer.add("weights", shape: [classes.count, treatment.width], codes)
      try writer.add("weights.scale", shape: [classes.count], scales)
    }
    try writer.add("bias", shape: [classes.count], classifier.bias)
  }

  private func add(_ prototypes: Prototypes, to writer: inout SafetensorsWriter) throws(SafetensorsError) {
    try writer.add("sums", shape: [classes.count, treatment.width], prototypes.sums)
    try writer.add("counts", shape: [classes.count], prototypes.counts)
  }

  /// The shots in their one order, whatever order they were added in.
  private func add(_ kept: KeptShots, to writer: inout SafetensorsWriter) throws(SafetensorsError) {
    var kept = kept
    kept.sort()
    let shots = kept.shots
    var codes: [UInt8] = []
    codes.reserveCapacity(shots.count * dimension * 2)
    for shot in shots {
      for code in shot.codes {
        codes.append(UInt8(truncatingIfNeeded: code))
        codes.append(UInt8(truncatingIfNeeded: code >> 8))
      }
    }
    try writer.add("shots", .i16, shape: [shots.count, dimension], bytes: codes)
    try writer.add("shots.exponent", shape: [shots.count], shots.map { $0.exponent })
    try writer.add("shots.class", shape: [shots.count], shots.map { Int32($0.classPlace ?? -1) })
    if shots.contains(where: { $0.weight != 1 }) {
      try writer.add("shots.weight", shape: [shots.count], shots.map { $0.weight })
    }
    let groups = sortedGroups
    guard !groups.isEmpty else { return }
    var places: [String: Int32] = [:]
    for (place, group) in groups.enumerated() { places[group] = Int32(place) }
    try writer.add(
      "shots.group", shape: [shots.count], shots.map { $0.group.flatMap { places[$0] } ?? -1 })
  }

  /// The groups of the kept shots by their bytes.
  private var sortedGroups: [String] {
    Set(kept?.shots.compactMap { $0.group } ?? []).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private var groupNames: String? {
    let groups = sortedGroups
    guard !groups.isEmpty else { return nil }
    var writer = JSONWriter()
    writer.beginArray()
    for group in groups { writer.value(group) }
    writer.endArray()
    return writer.text
  }
}
