internal import LinnetAlgebra
internal import LinnetSafetensors

extension Head {
  /// The head file's bytes (`FORMAT.md`); equal heads make equal bytes.
  public func serialised() throws(HeadError) -> [UInt8] {
    var writer = SafetensorsWriter()
    writer.metadata = metadata
    do throws(SafetensorsError) {
      if case .linear(let classifier, _) = scorer { try add(classifier, to: &writer) }
      if let prototypes { try add(prototypes, to: &writer) }
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
    switch scorer {
    case .linear(_, let gain):
      metadata["linnet.scorer"] = "linear"
      metadata["linnet.gain"] = gain.description
    case .prototype(let gain):
      metadata["linnet.scorer"] = "prototype"
      metadata["linnet.gain"] = gain.description
    }
    if let recipe {
      var writer = JSONWriter()
      recipe.write(to: &writer)
      metadata["linnet.recipe"] = writer.text
    }
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
}
