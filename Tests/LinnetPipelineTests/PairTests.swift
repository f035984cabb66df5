import LinnetHead
import LinnetImage
import LinnetModel
import LinnetPipeline
import LinnetSafetensors
import LinnetStore
import Testing

/// The shipped backbone under another digest and name, which sees another part of a picture.
func otherBackbone() throws -> Model {
  var bytes = try File.read(repository + "/models/efficientnet-lite0.linnet")
  func replace(_ old: String, _ new: String) throws {
    let (old, new) = (Array(old.utf8), Array(new.utf8))
    let place = try #require((0..<60_000).first { bytes[$0...].starts(with: old) })
    bytes.replaceSubrange(place..<place + old.count, with: new)
  }
  try replace(#"\"crop\":0.875"#, #"\"crop\":0.500"#)
  try replace(#""sha256:"#, #""sha256:0123456789abcdef"#)
  let place = try #require((0..<60_000).first { bytes[$0...].starts(with: Array("0123456789abcdef".utf8)) })
  bytes.removeSubrange(place + 16..<place + 32)
  return try Model(bytes: bytes)
}

@Suite struct PairTests {
  private func embeddings(
    _ models: [Model], _ pictures: [PictureSource], views: ViewKinds = [], isWhole: Bool = true,
    cache: String? = nil
  ) throws -> [[Float]] {
    try PictureEmbedder(models: models, threads: 2, cacheFolder: cache, views: views, isWhole: isWhole)
      .embeddings(pictures)
  }

  private func pictures() throws -> [PictureSource] {
    try (0..<3).map { .bytes(try jpeg($0, $0), name: "\($0)") }
  }

  @Test func aPairGivesOneVectorAfterTheOther() throws {
    let (first, second, pictures) = (try backbone(), try otherBackbone(), try pictures())
    let alone = try embeddings([first], pictures)
    let others = try embeddings([second], pictures)
    #expect(alone != others)
    let pair = try embeddings([first, second], pictures)
    let cut = try embeddings([first, second], pictures, isWhole: false)
    for (index, vector) in pair.enumerated() {
      #expect(vector.count == 9216 && Array(vector[..<4608]) == alone[index])
      // The second sees the middle of what was decoded for both, with more around it.
      #expect(cosine(Array(vector[4608...]), others[index]) > 0.98)
      #expect(cosine(Array(vector[4608...]), alone[index]) < 0.98)
      #expect(cut[index] == Array(vector[..<1280]) + Array(vector[4608..<5888]))
    }
  }

  private func cosine(_ a: [Float], _ b: [Float]) -> Float {
    func product(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
  }

  @Test func aPairHasAnIdentityOfItsOwn() throws {
    let (first, second) = (try backbone(), try otherBackbone())
    func identity(_ models: [Model]) throws -> BackboneIdentity {
      try PictureEmbedder(models: models, threads: 1, cacheFolder: nil).backbone
    }
    let pair = try identity([first, second])
    #expect(
      pair.name == "efficientnet-lite0+efficientnet-lite0" && pair.blocks == first.blocks + second.blocks)
    #expect(pair.outputRanges(dimension: 9216) == [0..<1280, 4608..<5888])
    #expect(
      Set([pair, try identity([second, first]), try identity([first]), try identity([second])]).count == 4)
    #expect(try identity([first]).outputRanges(dimension: 4608) == [0..<1280])
  }

  @Test func wrongPairsAreErrors() throws {
    let (first, second) = (try backbone(), try otherBackbone())
    for models in [[], [first, first], [first, second, first]] {
      #expect(throws: PipelineError.self, "\(models.count)") {
        try PictureEmbedder(models: models, threads: 1, cacheFolder: nil)
      }
    }
    var shots = Shots(dimension: 4608)
    for (label, vector) in zip(["a", "b", "c"], try embeddings([first], pictures())) {
      try shots.append(vector, label: label)
    }
    let embedder = try PictureEmbedder(model: first, threads: 1, cacheFolder: nil)
    let head = try Head.train(.prototype, shots: shots, backbone: embedder.backbone)
    let pair = try PictureEmbedder(models: [first, second], threads: 1, cacheFolder: nil)
    let error = #expect(throws: PipelineError.self) { try Classifier(embedder: pair, head: head) }
    #expect(error?.description.contains("efficientnet-lite0+efficientnet-lite0") == true)
  }

  @Test func headsOfAPairReadBothOutputs() throws {
    let (first, second) = (try backbone(), try otherBackbone())
    let pair = try PictureEmbedder(models: [first, second], threads: 1, cacheFolder: nil)
    var shots = Shots(dimension: pair.dimension)
    for (label, vector) in zip(["a", "b", "c"], try pair.embeddings(pictures())) {
      try shots.append(vector, label: label)
    }
    let head = try Head.train(.logistic, shots: shots, backbone: pair.backbone)
    #expect(head.treatment.blocks.map(\.range) == [0..<1280, 4608..<5888])
    #expect(try Head(bytes: head.serialised()).treatment == head.treatment)
  }

  @Test func viewsAreAveraged() throws {
    let (model, pictures) = (try backbone(), try pictures())
    let plain = try embeddings([model], pictures)
    // PNGs, so that nothing but the mirror differs.
    func encoded(_ picture: Picture) throws -> [PictureSource] { [.bytes(try picture.encodePNG(), name: "")] }
    for kind in 0..<3 {
      let picture = stripes(kind, kind)
      let one = try embeddings([model], encoded(picture))[0]
      let other = try embeddings([model], encoded(picture.flipped()))[0]
      let both = try embeddings([model], encoded(picture), views: .flip)[0]
      let means: [Float] = zip(one, other).map { a, b in Float((Double(a) + Double(b)) / 2) }
      #expect(both == means)
    }
    #expect(try embeddings([model], pictures, views: [.crops, .light, .turns]) != plain)
  }

  @Test func headsAreAskedAsTheyWereTaught() throws {
    let model = try backbone()
    func head(_ views: String, _ method: HeadMethod = .prototype) throws -> Head {
      var seen = BackboneIdentity(name: model.name, digest: model.digest)
      seen.views = views
      var shots = Shots(dimension: 2)
      try shots.append([1, 0], label: "a")
      return try Head.train(method, shots: shots, backbone: seen)
    }
    let open = try PictureEmbedder(model: model, threads: 1, cacheFolder: nil)
    #expect(open.views == nil && open.backbone.views == "")
    #expect(try open.asTaught([]).views == nil)
    let flipped = try open.asTaught([head("flip"), head("flip")])
    #expect(flipped.views == .flip && flipped.backbone.views == "flip")
    #expect(try flipped.asTaught([head("")]).views == .flip, "what was said stays")
    #expect(try open.asTaught([head("")]).views == [])
    for (heads, said) in [(["flip", ""], "flip; none"), (["upside"], "upside")] {
      let error = try #require(throws: PipelineError.self) { try open.asTaught(heads.map { try head($0) }) }
      #expect(error.description.contains(said) && error.description.contains("--views"))
    }
    let picture = try pictures()
    #expect(try flipped.embeddings(picture) == embeddings([model], picture, views: .flip))
  }

  @Test func viewsAreNamed() {
    #expect(ViewKinds("flip,crops") == [.flip, .crops] && ViewKinds("turns")?.text == "turns")
    #expect(ViewKinds("none") == [])
    for text in ["", "none,flip", "flop", "flip,", "flip, crops", "Flip"] {
      #expect(ViewKinds(text) == nil, "\(text)")
    }
    let counts: [(ViewKinds, Int)] = [
      ([], 1), (.flip, 2), (.crops, 7), (.light, 3), (.turns, 3), ([.flip, .crops, .light, .turns], 22),
    ]
    for (kinds, count) in counts {
      #expect(Set(kinds.views).count == count && kinds.views.count == count && kinds.views[0] == .plain)
    }
  }

  @Test func eachWayOfLookingHasACacheOfItsOwn() throws {
    try withTemporaryFolder { folder in
      let (first, second) = (try backbone(), try otherBackbone())
      try write(try jpeg(0, 0), folder + "/0.jpg")
      let picture = [PictureSource.file(folder + "/0.jpg")]
      for _ in 0..<2 {
        for (models, views) in [
          ([first], ViewKinds()), ([first], .flip), ([first, second], []), ([second, first], []),
        ] {
          let cached = try embeddings(models, picture, views: views, cache: folder + "/cache")
          #expect(try cached == embeddings(models, picture, views: views))
        }
      }
      let embedder = try PictureEmbedder(
        models: [first], threads: 1, cacheFolder: folder + "/cache", views: .flip)
      try embedder.embed(picture) { #expect($1.wasCached) }
    }
  }
}
