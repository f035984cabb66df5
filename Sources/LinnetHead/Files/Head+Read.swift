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
    let classes = try reader.classes()
    let dimension = try reader.dimension()
    let (method, treatment, scorer) = try reader.form(dimension)
    var prototypes: Prototypes?
    if file.entry("sums") != nil || scorer == "prototype" || method == .logistic {
      prototypes = try reader.prototypes(classes.count, treatment.width)
    }
    let kept = try reader.kept(classes.count, dimension, counts: prototypes?.counts)
    let recipe = try reader.recipe(method, treatment)
    var backbone = BackboneIdentity(
      name: try reader.text("linnet.backbone.name"), digest: try reader.text("linnet.backbone"))
    backbone.views = file.metadata["linnet.views"] ?? ""
    let what: Scorer
    if scorer == "nearest" {
      guard let kept, let recipe else { throw .malformed(what: "shots", expected: "the shots that vote") }
      let samples = Samples(try kept.shots(classes: classes), treatment)
        .drawn(recipe.balance, seed: recipe.seed)
      what = .nearest(NearestNeighbours(recipe, samples))
    } else {
      what = try reader.scorer(scorer, classes.count, treatment.width)
    }
    self.init(
      classes: classes, dimension: dimension, backbone: backbone, treatment: treatment, scorer: what,
      prototypes: prototypes)
    self.recipe = recipe
    choice = try reader.choice()
    self.kept = kept
    baseClassCount = try reader.baseClassCount(classes.count, isLinear: scorer == "linear")
    temperature = try reader.positive("linnet.temperature")
    unknownThreshold = try reader.number("linnet.threshold")
    if file.entry("threshold.offsets") != nil {
      thresholdOffsets = try reader.floats("threshold.offsets", shape: [classes.count])
    }
    unknown = try reader.unknownRule(hasPrototypes: prototypes != nil, dimension: dimension)
    sourceStatistics = try reader.sourceStatistics(treatment.width)
    source = file.metadata["linnet.source"]
    license = file.metadata["linnet.license"]
  }
}
