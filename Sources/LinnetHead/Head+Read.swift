internal import LinnetSafetensors

extension Head {
  /// Reads and checks a head file (`FORMAT.md`).
  public init(path: String) throws(HeadError) {
    let file: SafetensorsFile
    do throws(SafetensorsError) {
      file = try SafetensorsFile(path: path)
    } catch {
      throw .container(error)
    }
    try self.init(file)
  }

  /// Reads and checks the bytes of a head file.
  public init(bytes: [UInt8]) throws(HeadError) {
    let file: SafetensorsFile
    do throws(SafetensorsError) {
      file = try SafetensorsFile(bytes: bytes)
    } catch {
      throw .container(error)
    }
    try self.init(file)
  }

  private init(_ file: SafetensorsFile) throws(HeadError) {
    let reader = HeadReader(file: file)
    guard try reader.text("linnet.head") == "1" else {
      throw .malformed(what: "linnet.head", expected: "format 1")
    }
    guard let kind = Kind(rawValue: try reader.text("linnet.method")) else {
      throw .malformed(what: "linnet.method", expected: "linear, prototype or logistic")
    }
    guard let treatment = EmbeddingTreatment(rawValue: try reader.text("linnet.embedding")),
      treatment == .l2 || kind == .linear
    else { throw .malformed(what: "linnet.embedding", expected: kind == .linear ? "raw or l2" : "l2") }
    let classes = try reader.classes()
    let dimension = try reader.dimension()
    let parameters: Parameters
    switch kind {
    case .linear: parameters = .linear(try reader.classifier(classes.count, dimension))
    case .prototype: parameters = .prototype(try reader.prototypes(classes.count, dimension))
    case .logistic:
      parameters = .logistic(
        try reader.classifier(classes.count, dimension), try reader.prototypes(classes.count, dimension))
    }
    let backbone = BackboneIdentity(
      name: try reader.text("linnet.backbone.name"), digest: try reader.text("linnet.backbone"))
    self.init(
      classes: classes, dimension: dimension, backbone: backbone, parameters: parameters,
      treatment: treatment, gain: try reader.positive("linnet.gain"))
    temperature = try reader.positive("linnet.temperature")
    unknownThreshold = try reader.number("linnet.threshold")
    source = file.metadata["linnet.source"]
    license = file.metadata["linnet.license"]
  }
}
