public import LinnetHead
public import LinnetImage
public import LinnetModel
public import LinnetPipeline
internal import LinnetTensor

/// Finds out which part of a picture decided: backbones made ready for that, and a head that belongs to them. One thread
/// at a time.
public final class Explainer {
  private let head: Head
  private let method: ExplanationMethod
  private let eyes: [ExplainedBackbone]

  /// Rows and columns of patches that ``ExplanationMethod/occlusion`` slides; each is as wide as two steps.
  static let patches = 7

  /// Fails when the head belongs to other backbones, or a network has no feature map that the method needs.
  ///
  /// - Parameter models: one, or a pair in the order that the head has it.
  public init(models: [Model], head: Head, method: ExplanationMethod, threads: Int) throws(PipelineError) {
    guard 1...2 ~= models.count else { throw .tooManyBackbones(models.count) }
    for model in models where model.preprocessing == nil { throw .takesNoPicture(model: model.name) }
    let identities = models.map { BackboneIdentity(name: $0.name, digest: $0.digest, blocks: $0.blocks) }
    do throws(HeadError) {
      try head.checkBackbone(identities.dropFirst().reduce(identities[0]) { $0.joined(with: $1) })
    } catch {
      throw .head(error)
    }
    var eyes: [ExplainedBackbone] = []
    for model in models {
      eyes.append(
        try ExplainedBackbone(
          model, start: eyes.reduce(0) { $0 + $1.dimension }, keepsMap: method == .cam, threads: threads))
    }
    (self.head, self.method, self.eyes) = (head, method, eyes)
  }

  /// Explains the answer for an encoded picture (JPEG, PNG), or why it might be another class.
  ///
  /// - Parameter index: the class to explain, a place in the head's classes; `nil` for the likeliest.
  public func explain(_ picture: [UInt8], class index: Int? = nil) throws(PictureError)
    -> Explanation
  {
    let size = try PictureHeader.read(picture).uprightSize
    var embedding: [Float] = []
    for eye in eyes { embedding += try eye.see(picture) }
    let decision = head.decide(embedding)
    let explained = decision.ranked.first { $0.index == index } ?? decision.ranked[0]
    let parts = eyes.map { $0.part(width: size.width, height: size.height) }
    let whole = parts.dropFirst().reduce(parts[0]) { $0.union($1) }
    let map =
      switch method {
      case .cam: activation(of: explained.index, embedding, parts, whole)
      case .occlusion: occlusion(of: explained.index, embedding, parts, whole)
      }
    return Explanation(
      decision: decision, explained: explained, method: method, map: map, width: size.width,
      height: size.height, part: whole)
  }

  /// The sum of the backbones' maps.
  private func activation(
    of index: Int, _ embedding: [Float], _ parts: [Region], _ whole: Region
  ) -> HeatMap {
    let maps = eyes.map { $0.activation(of: index, embedding: embedding, head: head) }
    guard maps.count > 1 else { return maps[0] }
    let rows = maps.reduce(0) { max($0, $1.rows) }
    let columns = maps.reduce(0) { max($0, $1.columns) }
    let moved = zip(maps, parts).map { $0.shared(from: $1, to: whole, rows: rows, columns: columns) }
    return HeatMap(
      rows: rows, columns: columns,
      values: moved[0].values.indices.map { place in moved.reduce(0) { $0 + $1.values[place] } })
  }

  /// The mean fall of the margin over the patches that cover a part, the parts as wide as the patches' steps.
  private func occlusion(
    of index: Int, _ embedding: [Float], _ parts: [Region], _ whole: Region
  ) -> HeatMap {
    let margin = ClassMargin(of: index, scores: head.scores(of: embedding), temperature: head.temperature)
    let unoccluded = margin.value(head.scores(of: embedding)[...])
    let side = Self.patches + 1
    var sums = [Float](repeating: 0, count: side * side)
    var counts = [Float](repeating: 0, count: side * side)
    for top in 0..<Self.patches {
      for left in 0..<Self.patches {
        var occluded: [Float] = []
        for (eye, part) in zip(eyes, parts) {
          occluded += eye.embedding(
            without: (left..<left + 2, top..<top + 2), of: side, whole: whole, part: part)
        }
        let fall = unoccluded - margin.value(head.scores(of: occluded)[...])
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
