import LinnetHead
import LinnetImage
import LinnetInsight
import LinnetModel
import LinnetPipeline
import LinnetStore
import Testing

@Suite struct ExplanationTests {
  private let identity = BackboneIdentity(name: "x", digest: "sha256:" + String(repeating: "0", count: 64))

  /// A head of classes that lie along the first axes, two shots each.
  private func head(_ method: HeadMethod, classes: Int = 3) throws -> Head {
    var shots = try Shots(dimension: 6, classes: (0..<classes).map { "class \($0)" })
    for label in 0..<classes {
      for other in 3..<5 {
        var shot = [Float](repeating: 0.1, count: 6)
        (shot[label], shot[other]) = (2, 0.4)
        try shots.append(shot, class: label)
      }
    }
    return try Head.train(method, shots: shots, backbone: identity)
  }

  /// Six positions, of which number `place` shows class 1 and the others class 0 weakly.
  private func featureMap(_ place: Int) -> [Float] {
    (0..<6).flatMap { position -> [Float] in position == place ? [0, 3, 0, 0, 1, 0] : [0.5, 0, 0.1, 0, 1, 0] }
  }

  private func mean(_ featureMap: [Float]) -> [Float] {
    (0..<6).map { channel in (0..<6).reduce(0) { $0 + featureMap[6 * $1 + channel] } / 6 }
  }

  @Test(arguments: [HeadMethod.prototype, .logistic], 0..<6)
  func thePositionThatShowsTheClassDecides(method: HeadMethod, place: Int) throws {
    let head = try head(method)
    let featureMap = featureMap(place)
    let map = ClassActivation.map(
      of: 1, featureMap: featureMap, rows: 2, columns: 3, embedding: mean(featureMap), head: head)
    #expect(map.rows == 2 && map.columns == 3)
    #expect(map.values.indices.max { map.values[$0] < map.values[$1] } == place)
    #expect(map.spots(from: 0.5 * map.peak).map(\.area) == [1])
    let other = ClassActivation.map(
      of: 0, featureMap: featureMap, rows: 2, columns: 3, embedding: mean(featureMap), head: head)
    #expect(other.values[place] < 0 && other.values[(place + 1) % 6] > 0)
  }

  /// Embeddings are divided by their length, so that a change along themselves changes no score.
  @Test func whatSpeaksForAndAgainstAddsUpToNothing() throws {
    let featureMap = featureMap(2)
    let map = ClassActivation.map(
      of: 1, featureMap: featureMap, rows: 1, columns: 6, embedding: mean(featureMap),
      head: try head(.logistic))
    #expect(abs(map.values.reduce(0, +)) < 0.05 * map.peak)
  }

  @Test func aHeadOfOneClassIsExplainedToo() throws {
    let featureMap = featureMap(4)
    let map = ClassActivation.map(
      of: 0, featureMap: featureMap, rows: 2, columns: 3, embedding: mean(featureMap),
      head: try head(.prototype, classes: 1))
    #expect(map.values.allSatisfy { $0.isFinite } && map.values[4] < map.values[0])
  }

  private func explanation(_ values: [Float], rows: Int, columns: Int) -> Explanation {
    let ranked = Decision.Ranked(index: 0, label: "ähre 鳥", confidence: 0.75)
    return Explanation(
      decision: Decision(ranked: [ranked], openSetScore: 1, isUnknown: false), explained: ranked,
      method: .cam,
      map: HeatMap(rows: rows, columns: columns, values: values), width: 300, height: 200,
      part: Region(x: 60, y: 10, width: 180, height: 180))
  }

  @Test func boxesAreInPixelsOfThePicture() throws {
    var values = [Float](repeating: 0, count: 81)
    values[9 * 2 + 6] = 1
    let box = try #require(explanation(values, rows: 9, columns: 9).boxes().first)
    let (centreX, centreY) = (box.region.x + box.region.width / 2, box.region.y + box.region.height / 2)
    #expect(abs(centreX - (60 + 130)) <= 2 && abs(centreY - (10 + 50)) <= 2)
    #expect((14...30).contains(box.region.width) && (14...30).contains(box.region.height))
    #expect(box.strength == 1)
    let all = explanation([1], rows: 1, columns: 1).boxes()
    #expect(all.map(\.region) == [Region(x: 60, y: 10, width: 180, height: 180)])
    #expect(explanation([-1], rows: 1, columns: 1).boxes().isEmpty)
  }

  @Test func masksAreWhiteWhereItWasDecided() {
    let mask = explanation([1, 0, 1, 0], rows: 2, columns: 2).mask()
    #expect(mask.width == 300 && mask.height == 200)
    func isWhite(_ x: Int, _ y: Int) -> Bool { mask.pixels[3 * (y * 300 + x)] == 255 }
    #expect(
      isWhite(61, 100) && isWhite(100, 11) && !isWhite(200, 100) && !isWhite(59, 100) && !isWhite(100, 191))
    #expect(Set(mask.pixels) == [0, 255])
  }

  @Test(arguments: [(300, 200), (30, 20), (1200, 800), (1, 1)])
  func drawingsHaveALegendBeneath(width: Int, height: Int) {
    let grey = Picture(
      width: width, height: height, pixels: [UInt8](repeating: 120, count: 3 * width * height))
    let explanation = explanation([1, 0, 0, 0], rows: 2, columns: 2)
    let drawing = explanation.drawing(over: grey, boxes: explanation.boxes())
    #expect(drawing.width == width && drawing.height > height)
    guard width >= 300 else { return }
    func red(_ x: Int, _ y: Int) -> UInt8 { drawing.pixels[3 * (y * height / 200 * width + x * width / 300)] }
    #expect(red(105, 55) > red(200, 150) && red(20, 100) < 100)
  }

  @Test(arguments: ExplanationMethod.allCases)
  func theCupIsWhereTheEspressoIs(method: ExplanationMethod) throws {
    let model = try Model(path: repository + "/models/efficientnet-lite0.linnet")
    let head = try Head(path: repository + "/models/imagenet.head")
    let explainer = try Explainer(model: model, head: head, method: method, threads: 1)
    let picture = try File.read(repository + "/toolchain/demo-pictures/photograph.jpg")
    let explanation = try explainer.explain(picture)
    let embedder = try PictureEmbedder(model: model, threads: 1, cacheFolder: nil)
    let usual = head.decide(try embedder.embeddings([.bytes(picture, name: "x")])[0])
    #expect(explanation.decision == usual, "the answer is that of classify")
    #expect(explanation.explained == usual.ranked[0])
    #expect(explanation.width == 480 && explanation.height == 320)
    #expect(explanation.part == Region(x: 100, y: 20, width: 280, height: 280))
    let box = try #require(explanation.boxes().first).region
    #expect((150..<310).contains(box.x + box.width / 2) && (60..<220).contains(box.y + box.height / 2))
    #expect(try explainer.explain(picture).map == explanation.map)
    #expect(try explainer.explain(picture, class: 7).explained.index == 7)
    #expect(throws: PictureError.self) { try explainer.explain([1, 2, 3]) }
  }

  @Test func aForeignHeadIsRefused() throws {
    let model = try Model(path: repository + "/models/efficientnet-lite0.linnet")
    let head = try head(.prototype)
    #expect(throws: PipelineError.self) {
      try Explainer(model: model, head: head, method: .cam, threads: 1)
    }
  }
}
