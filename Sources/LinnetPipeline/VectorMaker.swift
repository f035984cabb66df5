public import LinnetImage
public import LinnetModel
public import LinnetRuntime
internal import LinnetTensor

/// One thread's way from an encoded picture to its vector: decoded once, seen by every backbone in every view.
public final class VectorMaker {
  private let embedders: [Box]
  private let views: [PictureView]
  private var picture = DecodedPicture()

  private final class Box {
    var embedder: Embedder

    init(_ model: Model, _ configuration: SessionConfiguration) throws(PipelineError) {
      embedder = try Embedder(model: model, configuration: configuration)
    }
  }

  /// - Parameter views: the plain one by default.
  public init(
    models: [Model], views: [PictureView] = [.plain], configuration: SessionConfiguration
  ) throws(PipelineError) {
    var embedders: [Box] = []
    for model in models { embedders.append(try Box(model, configuration)) }
    self.embedders = embedders
    self.views = views
  }

  /// Of activations and scratch, beside the models.
  public var memoryBytes: Int { embedders.reduce(0) { $0 + $1.embedder.session.arenaBytes } }

  /// The backbones' vectors one after the other, each the mean over the views: summed in their order, in double.
  public func vector(of bytes: [UInt8]) throws(PictureError) -> [Float] {
    try picture.read(bytes, for: embedders.map { $0.embedder.preprocessing }, views: views)
    var vector: [Float] = []
    for box in embedders {
      guard views.count > 1 else {
        vector += box.embedder.embed(views[0], of: picture)
        continue
      }
      var sums = [Double](repeating: 0, count: box.embedder.dimension)
      for view in views {
        let embedding = box.embedder.embed(view, of: picture)
        for place in sums.indices { sums[place] += Double(embedding[place]) }
      }
      vector += sums.map { Float($0 / Double(views.count)) }
    }
    return vector
  }
}
