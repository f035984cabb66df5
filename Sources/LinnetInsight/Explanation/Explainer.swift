public import LinnetHead
public import LinnetImage
public import LinnetModel
public import LinnetPipeline
internal import LinnetRuntime
internal import LinnetTensor

/// Finds out which part of a picture decided: a backbone made ready for that, and a head that belongs to it. One thread
/// at a time.
public final class Explainer {
  private let head: Head
  private let method: ExplanationMethod
  private let preprocessing: Preprocessing
  private let featureMap: Int?
  private let session: Session
  private var transform: InputTransform

  /// Rows and columns of patches that ``ExplanationMethod/occlusion`` slides; each is as wide as two steps.
  static let patches = 7

  /// Fails when the head belongs to another backbone, or the network has no feature map that the method needs.
  public init(model: Model, head: Head, method: ExplanationMethod, threads: Int) throws(PipelineError) {
    guard let preprocessing = model.preprocessing else { throw .takesNoPicture(model: model.name) }
    do throws(HeadError) {
      try head.checkBackbone(BackboneIdentity(name: model.name, digest: model.digest))
      guard head.dimension == model.dimension else {
        throw .wrongDimension(expected: head.dimension, actual: model.dimension)
      }
    } catch {
      throw .head(error)
    }
    var configuration = SessionConfiguration(threads: threads)
    var featureMap: Int?
    if method == .cam {
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
    (self.head, self.method, self.preprocessing) = (head, method, preprocessing)
    (self.featureMap, self.session) = (featureMap, session)
    self.transform = transform
  }

  /// Explains the answer for an encoded picture (JPEG, PNG), or why it might be another class.
  ///
  /// - Parameter index: the class to explain, a place in the head's classes; `nil` for the likeliest.
  public func explain(_ picture: [UInt8], class index: Int? = nil) throws(PictureError)
    -> Explanation
  {
    let size = try PictureHeader.read(picture).uprightSize
    var codes = [Int8](repeating: 0, count: session.model.inputShape.count)
    var span = codes.mutableSpan
    try transform.write(picture: picture, into: &span)
    let embedding = self.embedding(of: codes)
    let decision = head.decide(embedding)
    let explained = decision.ranked.first { $0.index == index } ?? decision.ranked[0]
    let map =
      if let featureMap {
        activation(of: explained.index, embedding: embedding, featureMap: featureMap)
      } else {
        occlusion(of: explained.index, embedding: embedding, codes: codes)
      }
    return Explanation(
      decision: decision, explained: explained, method: method, map: map, width: size.width,
      height: size.height, part: preprocessing.part(width: size.width, height: size.height))
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

  private func activation(of index: Int, embedding: [Float], featureMap: Int) -> HeatMap {
    var values: [Float] = []
    session.copy(tensor: featureMap, into: &values)
    let shape = session.model.graph.tensors[featureMap].shape
    return ClassActivation.map(
      of: index, featureMap: values, rows: shape.height, columns: shape.width, embedding: embedding,
      head: head)
  }

  /// The mean fall of the margin over the patches that cover a part, the parts as wide as the patches' steps.
  private func occlusion(of index: Int, embedding: [Float], codes: [Int8]) -> HeatMap {
    let scores = head.scores(of: embedding)
    let margin = ClassMargin(of: index, scores: scores, temperature: head.temperature)
    let whole = margin.value(scores[...])
    let shape = session.model.inputShape
    let grey = Int8(truncatingIfNeeded: session.model.inputQuantisation.zeroPoint)
    let side = Self.patches + 1
    var sums = [Float](repeating: 0, count: side * side)
    var counts = [Float](repeating: 0, count: side * side)
    for top in 0..<Self.patches {
      for left in 0..<Self.patches {
        var occluded = codes
        for y in top * shape.height / side..<(top + 2) * shape.height / side {
          let row = y * shape.width
          let first = (row + left * shape.width / side) * shape.channels
          let last = (row + (left + 2) * shape.width / side) * shape.channels
          for place in first..<last { occluded[place] = grey }
        }
        let fall = whole - margin.value(head.scores(of: self.embedding(of: occluded))[...])
        for place in [
          top * side + left, top * side + left + 1, (top + 1) * side + left, (top + 1) * side + left + 1,
        ] {
          sums[place] += fall
          counts[place] += 1
        }
      }
    }
    return HeatMap(rows: side, columns: side, values: zip(sums, counts).map { $0 / $1 })
  }
}
