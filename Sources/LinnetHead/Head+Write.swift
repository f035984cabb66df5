internal import LinnetAlgebra
internal import LinnetSafetensors

extension Head {
  /// The head file's bytes (`FORMAT.md`); equal heads make equal bytes.
  public func serialised() throws(HeadError) -> [UInt8] {
    var writer = SafetensorsWriter()
    writer.metadata = metadata
    do throws(SafetensorsError) {
      switch parameters {
      case .linear(let classifier): try add(classifier, to: &writer)
      case .prototype(let prototypes): try add(prototypes, to: &writer)
      case .logistic(let classifier, let prototypes):
        try add(classifier, to: &writer)
        try add(prototypes, to: &writer)
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
    var metadata = [
      "linnet.head": "1",
      "linnet.method": kind.rawValue,
      "linnet.classes": names.text,
      "linnet.backbone": backbone.digest,
      "linnet.backbone.name": backbone.name,
      "linnet.dimension": "\(dimension)",
      "linnet.embedding": treatment.rawValue,
      "linnet.gain": gain.description,
      "linnet.temperature": temperature.description,
    ]
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
      try writer.add("weights", shape: [classes.count, dimension], weights.dense)
    case .int8(let codes, let scales):
      try writer.add("weights", shape: [classes.count, dimension], codes)
      try writer.add("weights.scale", shape: [classes.count], scales)
    }
    try writer.add("bias", shape: [classes.count], classifier.bias)
  }

  private func add(_ prototypes: Prototypes, to writer: inout SafetensorsWriter) throws(SafetensorsError) {
    try writer.add("sums", shape: [classes.count, dimension], prototypes.sums)
    try writer.add("counts", shape: [classes.count], prototypes.counts)
  }
}
