internal import LinnetHead
internal import LinnetImage
internal import LinnetModel
internal import LinnetPipeline
internal import LinnetRuntime
internal import LinnetTensor

/// A backbone whose answer is to be explained: what it saw last, and what it would see without a part of that.
final class ExplainedBackbone {
  private let preprocessing: Preprocessing
  private let featureMap: Int?
  private let session: Session
  private var transform: InputTransform
  private var codes: [Int8]
  /// Where its numbers begin in the head's embeddings.
  private let start: Int

  var dimension: Int { session.model.dimension }

  /// - Parameter keepsMap: the last feature map is to be looked at.
  init(_ model: Model, start: Int, keepsMap: Bool, threads: Int) throws(PipelineError) {
    guard let preprocessing = model.preprocessing else { throw .takesNoPicture(model: model.name) }
    var configuration = SessionConfiguration(threads: threads)
    var featureMap: Int?
    if keepsMap {
      guard let map = model.graph.featureMap else { throw .noFeatureMap(model: model.name) }
      configuration.keptTensors = [map]
      featureMap = map
    }
    let session: Session
    do throws(SessionError) {
      session = try Session(model: model, configuration: configuration)
    } catch {
      throw .session(error)
    }
    let transform: InputTransform
    do throws(PictureError) {
      transform = try InputTransform(
        preprocessing: preprocessing, shape: model.inputShape, quantisation: model.inputQuantisation)
    } catch {
      throw .picture(name: model.name, error)
    }
    (self.preprocessing, self.featureMap, self.session) = (preprocessing, featureMap, session)
    self.transform = transform
    self.start = start
    codes = [Int8](repeating: 0, count: model.inputShape.count)
  }

  /// What it sees of an upright picture.
  func part(width: Int, height: Int) -> Region { preprocessing.part(width: width, height: height) }

  /// The embedding of an encoded picture.
  func see(_ picture: [UInt8]) throws(PictureError) -> [Float] {
    var codes = codes
    var span = codes.mutableSpan
    try transform.write(picture: picture, into: &span)
    self.codes = codes
    return embedding(of: codes)
  }

  /// The class activation map of the picture that was seen last and not occluded since.
  func activation(of index: Int, embedding: [Float], head: Head) -> HeatMap {
    guard let featureMap else { return HeatMap(rows: 1, columns: 1, values: [0]) }
    var values: [Float] = []
    session.copy(tensor: featureMap, into: &values)
    let shape = session.model.graph.tensors[featureMap].shape
    return ClassActivation.map(
      of: index, featureMap: values, rows: shape.height, columns: shape.width, embedding: embedding,
      start: start, head: head)
  }

  /// The embedding of the picture that was seen last when some of the `side` × `side` parts of `whole` are grey.
  ///
  /// - Parameter part: what of the picture this backbone sees.
  func embedding(
    without parts: (columns: Range<Int>, rows: Range<Int>), of side: Int, whole: Region, part: Region
  ) -> [Float] {
    let shape = session.model.inputShape
    let grey = Int8(truncatingIfNeeded: session.model.inputQuantisation.zeroPoint)
    /// The pixel of the input, `extent` wide, at which a part begins.
    func pixel(
      _ place: Int, _ extent: Int, _ whole: (start: Int, length: Int), _ part: (start: Int, length: Int)
    )
      -> Int
    {
      let along = (whole.start - part.start) * side + place * whole.length
      return min(max(0, along * extent / (side * part.length)), extent)
    }
    let rows = [parts.rows.lowerBound, parts.rows.upperBound].map {
      pixel($0, shape.height, (whole.y, whole.height), (part.y, part.height))
    }
    let columns = [parts.columns.lowerBound, parts.columns.upperBound].map {
      pixel($0, shape.width, (whole.x, whole.width), (part.x, part.width))
    }
    var occluded = codes
    for row in rows[0]..<rows[1] {
      let first = (row * shape.width + columns[0]) * shape.channels
      let last = (row * shape.width + columns[1]) * shape.channels
      for place in first..<last { occluded[place] = grey }
    }
    return embedding(of: occluded)
  }

  private func embedding(of codes: [Int8]) -> [Float] {
    session.withInput { input in
      for place in codes.indices { input[place] = codes[place] }
    }
    session.run()
    var embedding: [Float] = []
    session.copyEmbedding(into: &embedding)
    return embedding
  }
}
