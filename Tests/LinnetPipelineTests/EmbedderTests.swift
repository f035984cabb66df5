import LinnetHead
import LinnetImage
import LinnetModel
import LinnetPipeline
import LinnetRuntime
import LinnetTensor
import Testing

@Suite struct EmbedderTests {
  @Test func aFileAndItsPixelsGiveTheSame() throws {
    var embedder = try Embedder(model: backbone())
    let picture = stripes(1, 2)
    let encoded = try embedder.embed(try picture.encodePNG())
    #expect(encoded.count == embedder.dimension)
    #expect(encoded.contains { $0 != 0 })
    #expect(embedder.embed(picture) == encoded)
  }

  /// Enlarged, so that the tensor is made of all of a frame's bytes.
  @Test func aFrameGivesNearlyWhatItsPictureGives() throws {
    let (width, height) = (320, 240)
    let picture = stripes(1, 2).resized(width: width, height: height, filter: .bilinear)
    let format = FrameFormat(pixels: .rgb24, width: width, height: height)
    for isWhole in [true, false] {
      var embedder = try Embedder(model: backbone(), isWhole: isWhole)
      let expected = embedder.embed(picture)
      var (embedding, turned): ([Float], [Float]) = ([], [])
      try picture.pixels.withRawSpan { frame throws(PictureError) in
        try embedder.embed(frame: frame, format: format, into: &embedding)
        try embedder.embed(frame: frame, format: format, view: FrameView(rotation: .quarter), into: &turned)
        try embedder.embed(frame: frame, format: format, into: &embedding)
      }
      #expect(embedding.count == embedder.dimension)
      #expect(cosine(embedding, expected) > 0.999 && cosine(turned, expected) < 0.999)
      embedding[0] = 1000
      let kept = embedding
      #expect(throws: PictureError.truncated) {
        try [UInt8](repeating: 0, count: 9).withRawSpan { frame throws(PictureError) in
          try embedder.embed(frame: frame, format: format, into: &embedding)
        }
      }
      #expect(embedding == kept)
    }
  }

  @Test func brokenPicturesAreErrorsAndHarmNothing() throws {
    var embedder = try Embedder(model: backbone())
    let good = try jpeg(0, 0)
    let before = try embedder.embed(good)
    for broken in [[], [1, 2, 3], Array(good[..<(good.count / 2)])] {
      #expect(throws: PictureError.self, "\(broken.count) bytes") { try embedder.embed(broken) }
    }
    #expect(try embedder.embed(good) == before)
  }

  @Test func aModelWithoutARecipeTakesNoPicture() throws {
    let model = try Model(path: repository + "/Tests/LinnetRuntimeTests/Fixtures/additions.linnet")
    try #require(model.preprocessing == nil)
    #expect(throws: PipelineError.self) { try PictureEmbedder(model: model, threads: 1, cacheFolder: nil) }
  }
}

@Suite struct PictureEmbedderTests {
  private func embed(
    _ pictures: [PictureSource], threads: Int, cache: String? = nil
  ) throws -> [(embedding: [Float]?, wasCached: Bool)] {
    let embedder = try PictureEmbedder(model: backbone(), threads: threads, cacheFolder: cache)
    var result: [(embedding: [Float]?, wasCached: Bool)] = []
    try embedder.embed(pictures) { index, outcome in
      #expect(index == result.count)
      result.append((try? outcome.embedding.get(), outcome.wasCached))
    }
    return result
  }

  @Test func theSameOnAnyNumberOfThreadsAndFromTheCache() throws {
    try withTemporaryFolder { folder in
      try writeStripes(folder, classes: 3, count: 4)
      try write([1, 2, 3], folder + "/kind-1/broken.jpg")
      let pictures = try pictures(at: folder).map { PictureSource.file($0) }
      #expect(pictures.count == 13)
      let once = try embed(pictures, threads: 1)
      #expect(once.map { $0.embedding == nil }.firstIndex(of: true) == 8)
      #expect(once.count { $0.embedding == nil } == 1)
      for threads in [2, 3, 20] {
        #expect(try embed(pictures, threads: threads).map(\.embedding) == once.map(\.embedding))
      }
      let cache = folder + "/cache"
      #expect(try embed(pictures, threads: 2, cache: cache).allSatisfy { !$0.wasCached })
      let again = try embed(pictures, threads: 2, cache: cache)
      #expect(again.map(\.embedding) == once.map(\.embedding))
      #expect(again.allSatisfy { $0.wasCached == ($0.embedding != nil) })
    }
  }

  @Test func bytesAtHandAreAsGoodAsAFile() throws {
    try withTemporaryFolder { folder in
      try write(jpeg(1, 1), folder + "/x.jpg")
      let both = try embed([.file(folder + "/x.jpg"), .bytes(jpeg(1, 1), name: "-")], threads: 1)
      #expect(both[0].embedding != nil && both[0].embedding == both[1].embedding)
    }
  }

  @Test func theFirstFailureOfAnyIsThrown() throws {
    let embedder = try PictureEmbedder(model: backbone(), threads: 2, cacheFolder: nil)
    #expect(throws: PipelineError.self) {
      try embedder.embeddings([.bytes(jpeg(0, 0), name: "a"), .file("/nonexistent.jpg")])
    }
  }
}

@Suite struct ArrayRunnerTests {
  private func session() throws -> Session {
    try Session(model: Model(path: repository + "/Tests/LinnetRuntimeTests/Fixtures/additions.linnet"))
  }

  @Test func codesShiftedCodesAndRealNumbersAreTheSameInput() throws {
    let session = try session()
    let shape = session.model.inputShape
    let extents = [2, shape.height, shape.width, shape.channels]
    let codes = (0..<2 * shape.count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    func run(_ array: NumPyArray, isFloat: Bool = false) throws -> NumPyArray {
      try ArrayRunner(session: session, input: array, name: "x", isFloat: isFloat).run()
    }
    let plain = try run(NumPyArray(element: .int8, shape: extents, bytes: codes))
    #expect(
      plain.element == .int8 && plain.shape.first == 2
        && plain.bytes.count == 2 * session.model.outputShape.count)
    let shifted = try run(NumPyArray(element: .uint8, shape: extents, bytes: codes.map { $0 &+ 128 }))
    #expect(shifted == plain)
    let reals = codes.map { session.model.inputQuantisation.real(Int8(bitPattern: $0)) }
    let float = try run(NumPyArray(reals, shape: extents), isFloat: true)
    let output = try #require(session.model.graph.tensors[session.model.graph.output].quantisation)
    #expect(float.element == .float32 && float.shape == plain.shape)
    #expect(
      plain.bytes.indices.allSatisfy { float.real($0) == output.real(Int8(bitPattern: plain.bytes[$0])) })

    let single = try run(
      NumPyArray(element: .int8, shape: Array(extents.dropFirst()), bytes: Array(codes[..<shape.count])))
    #expect(single.shape == [1] + plain.shape.dropFirst())
    #expect(single.bytes == Array(plain.bytes[..<single.bytes.count]))
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let session = try session()
    let shape = session.model.inputShape
    let wrong = NumPyArray(
      element: .int8, shape: [shape.count], bytes: [UInt8](repeating: 0, count: shape.count))
    #expect(throws: PipelineError.self) {
      try ArrayRunner(session: session, input: wrong, name: "x", isFloat: false)
    }
    let real = NumPyArray(
      [Float](repeating: 0, count: shape.count), shape: [1, shape.height, shape.width, shape.channels])
    #expect(throws: PipelineError.self) {
      try ArrayRunner(session: session, input: real, name: "x", isFloat: false)
    }
  }
}

private func cosine(_ a: [Float], _ b: [Float]) -> Float {
  func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
}
