import LinnetHead
import LinnetImage
import LinnetModel
import LinnetPipeline
import LinnetStore
import Testing

@testable import LinnetInsight

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

  /// Of a pair, the map of the second backbone is of its own numbers.
  @Test func theMapIsOfTheBackboneThatStandsThere() throws {
    var shots = try Shots(dimension: 6, classes: ["a", "b"])
    // Only the last three numbers tell the classes apart.
    for place in 0..<2 {
      for _ in 0..<2 { try shots.append([1, 1, 1] + (0..<3).map { $0 == place ? 2 : 0.1 }, class: place) }
    }
    let head = try Head.train(.prototype, shots: shots, backbone: identity)
    let featureMap: [Float] = [0.2, 0, 0.1, 0.2, 0, 0.1, 0, 3, 0.1, 0.2, 0, 0.1]
    let embedding: [Float] =
      [1, 1, 1]
      + (0..<3).map { channel in
        (0..<4).reduce(0) { $0 + featureMap[3 * $1 + channel] } / 4
      }
    func map(_ start: Int) -> HeatMap {
      ClassActivation.map(
        of: 1, featureMap: featureMap, rows: 2, columns: 2, embedding: embedding, start: start, head: head)
    }
    #expect(map(3).values.indices.max { map(3).values[$0] < map(3).values[$1] } == 2)
    #expect(abs(map(0)[1, 0]) < 0.2 * map(3)[1, 0], "the first three tell nothing")
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

  private func explanation(
    _ values: [Float], rows: Int, columns: Int, label: String = "ähre 鳥"
  ) -> Explanation {
    let ranked = Decision.Ranked(index: 4, label: label, confidence: 0.75)
    return Explanation(
      decision: Decision(ranked: [ranked], openSetScore: 1, isUnknown: false), explained: ranked,
      method: .cam,
      map: HeatMap(rows: rows, columns: columns, values: values), width: 300, height: 200,
      part: Region(x: 60, y: 10, width: 180, height: 180))
  }

  @Test(arguments: [
    ("mug", "mug"), ("Käse 🧀", "Käse"), ("☕️ café", "café"), ("鳥", "CLASS 4"), ("bird 鳥", "CLASS 4"),
    ("мышь 2", "CLASS 4"), ("🧀", "CLASS 4"),
  ])
  func theLegendNamesTheClass(label: String, drawn: String) {
    #expect(explanation([1], rows: 1, columns: 1, label: label).drawnLabel == drawn)
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
    let explainer = try Explainer(models: [model], head: head, method: method, threads: 1)
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

  /// The shipped backbone under another digest, which sees less of a picture.
  private func other() throws -> Model {
    var bytes = try File.read(repository + "/models/efficientnet-lite0.linnet")
    func replace(_ old: String, _ new: String) throws {
      let place = try #require((0..<60_000).first { bytes[$0...].starts(with: Array(old.utf8)) })
      bytes.replaceSubrange(place..<place + old.utf8.count, with: Array(new.utf8))
    }
    try replace(#"\"crop\":0.875"#, #"\"crop\":0.500"#)
    let place = try #require((0..<60_000).first { bytes[$0...].starts(with: Array(#""sha256:"#.utf8)) })
    for place in place + 8..<place + 24 { bytes[place] = UInt8(ascii: "7") }
    return try Model(bytes: bytes)
  }

  @Test(arguments: ExplanationMethod.allCases)
  func ofAPairBothMapsCount(method: ExplanationMethod) throws {
    let pair = [try Model(path: repository + "/models/efficientnet-lite0.linnet"), try other()]
    let embedder = try PictureEmbedder(models: pair, threads: 1, cacheFolder: nil)
    let folder = try PictureFolder(repository + "/toolchain/demo-pictures/learn")
    let embeddings = try embedder.embeddings(folder.items.map { .file($0.path) })
    var shots = try Shots(dimension: 9216, classes: folder.classes)
    for (item, embedding) in zip(folder.items, embeddings) { try shots.append(embedding, class: item.label) }
    let head = try Head.train(.ridge, shots: shots, backbone: embedder.backbone)
    let explainer = try Explainer(models: pair, head: head, method: method, threads: 1)
    let picture = try File.read(repository + "/toolchain/demo-pictures/try/cat/cat-1.jpg")
    let explanation = try explainer.explain(picture)
    let size = try PictureHeader.read(picture).uprightSize
    let side = min(size.width, size.height) * 7 / 8
    #expect(explanation.explained.label == "cat")
    #expect(abs(explanation.part.width - side) <= 1, "the greater of the two parts")
    #expect(explanation.map.peak > 0 && explanation.map.values.allSatisfy { $0.isFinite })
    #expect(throws: PipelineError.self, "in the other order") {
      try Explainer(models: pair.reversed(), head: head, method: method, threads: 1)
    }
    #expect(throws: PipelineError.self, "one of the two") {
      try Explainer(models: [pair[0]], head: head, method: method, threads: 1)
    }
  }

  @Test func aForeignHeadIsRefused() throws {
    let model = try Model(path: repository + "/models/efficientnet-lite0.linnet")
    let head = try head(.prototype)
    #expect(throws: PipelineError.self) {
      try Explainer(models: [model], head: head, method: .cam, threads: 1)
    }
  }
}
