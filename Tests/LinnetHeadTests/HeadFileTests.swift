import CLinux
import LinnetHead
import LinnetSafetensors
import Testing

@Suite struct HeadFileTests {
  static let metadata = [
    "linnet.head": "1", "linnet.method": "linear", "linnet.classes": #"["a","b","c"]"#,
    "linnet.backbone": "sha256:00", "linnet.backbone.name": "test", "linnet.dimension": "2",
    "linnet.embedding": "raw", "linnet.gain": "2", "linnet.temperature": "0.5", "linnet.threshold": "0.25",
    "linnet.source": "nowhere", "linnet.license": "CC0-1.0",
  ]

  /// A head of three classes over two numbers, as a converter writes it.
  func linear(
    _ change: [String: String?] = [:], weights: [Float] = [1, 0, 0, 1, -1, -1], bias: [Float] = [0, 0.5, 0]
  ) throws -> SafetensorsWriter {
    var writer = SafetensorsWriter()
    writer.metadata = Self.metadata
    for (key, value) in change { writer.metadata[key] = value }
    try writer.add("weights", shape: [3, 2], weights)
    try writer.add("bias", shape: [3], bias)
    return writer
  }

  @Test func aLinearHeadScoresTheRawEmbedding() throws {
    let head = try Head(bytes: try linear().serialised())
    #expect(head.kind == .linear && head.method == nil && head.counts == nil && head.dimension == 2)
    #expect(head.source == "nowhere" && head.license == "CC0-1.0" && head.unknownThreshold == 0.25)
    #expect(head.scores(of: [3, 4]) == [6, 8.5, -14])
    let decision = head.decide([0, 0])
    #expect(decision.ranked.map(\.label) == ["b", "a", "c"])
    // Softmax of 0, 1, 0 at temperature 0.5: e / (e + 2).
    #expect(abs(decision.ranked[0].confidence - 0.576_117) < 1e-5)
    // Of 0, 0.5, 0 at temperature 1.
    #expect(abs(decision.openSetScore - 0.451_862) < 1e-5)
    #expect(decision.label == "b")
  }

  @Test func codesTimesScaleAreTheWeights() throws {
    let dimension = 19
    var generator = SeededGenerator(seed: 2)
    let codes = (0..<3 * dimension).map { _ in Int8.random(in: -127...127, using: &generator) }
    let scales: [Float] = [0.5, 0.25, 0.125]
    var writer = SafetensorsWriter()
    writer.metadata = Self.metadata
    writer.metadata["linnet.dimension"] = "19"
    var float = writer
    try writer.add("weights", shape: [3, dimension], codes)
    try writer.add("weights.scale", shape: [3], scales)
    try writer.add("bias", shape: [3], [1, 2, 3] as [Float])
    try float.add(
      "weights", shape: [3, dimension], codes.indices.map { Float(codes[$0]) * scales[$0 / dimension] })
    try float.add("bias", shape: [3], [1, 2, 3] as [Float])
    let (a, b) = (try Head(bytes: writer.serialised()), try Head(bytes: float.serialised()))
    let query = (0..<dimension * 2).map { Float($0 % 7) / 4 }
    for (x, y) in zip(a.scores(of: query), b.scores(of: query)) { #expect(abs(x - y) < 1e-3) }
    #expect(try Head(bytes: a.serialised()).serialised() == a.serialised())
    #expect(try tensor("weights", of: a, as: Int8.self) == codes)
  }

  @Test(arguments: methods)
  func whatIsWrittenReadsBackTheSame(method: HeadMethod) throws {
    var shots = try clusters(classes: 3, shots: 3, dimension: 9)
    try shots.append([Float](repeating: 1, count: 9), label: "quote \" slash \\ line\n🐦 \u{202E}")
    var head = try Head.train(method, shots: shots, backbone: backbone)
    head.source = "a test"
    let read = try Head(bytes: try head.serialised())
    #expect(try read.serialised() == head.serialised())
    #expect(read.classes == head.classes && read.method == method && read.temperature == head.temperature)
    #expect(read.decide(rows: shots.embeddings) == head.decide(rows: shots.embeddings))
  }

  @Test(
    arguments: [
      ("linnet.head", "2"), ("linnet.head", "3"), ("linnet.head", nil), ("linnet.method", "forest"),
      ("linnet.method", "prototype"), ("linnet.method", "ridge"),
      ("linnet.classes", "[]"), ("linnet.classes", #"["a","b"]"#), ("linnet.classes", #"["a","b",3]"#),
      ("linnet.classes", "a, b, c"), ("linnet.backbone", nil), ("linnet.backbone.name", nil),
      ("linnet.dimension", "3"), ("linnet.dimension", "0"), ("linnet.dimension", "2.0"),
      ("linnet.dimension", "-2"), ("linnet.dimension", "99999999999999999999"), ("linnet.embedding", "l1"),
      ("linnet.gain", "0"), ("linnet.gain", "nan"), ("linnet.gain", nil), ("linnet.temperature", "-1"),
      ("linnet.temperature", "1e-60"), ("linnet.temperature", "inf"), ("linnet.threshold", "1e60"),
    ] as [(String, String?)])
  func wrongMetadataIsATypedError(key: String, value: String?) throws {
    let error = try #require(throws: HeadError.self) {
      try Head(bytes: try linear([key: value]).serialised())
    }
    guard case .malformed = error else {
      Issue.record("\(error)")
      return
    }
    #expect(error.description.hasPrefix("the head file is wrong at "))
  }

  @Test func wrongLabelsAreTypedErrors() throws {
    #expect(throws: HeadError.duplicateLabel("a")) {
      try Head(bytes: try linear(["linnet.classes": #"["a","b","a"]"#]).serialised())
    }
    #expect(throws: HeadError.invalidLabel("")) {
      try Head(bytes: try linear(["linnet.classes": #"["a","b",""]"#]).serialised())
    }
  }

  @Test func numbersThatAreNotFiniteAreTypedErrors() throws {
    for broken in [Float.nan, .infinity, -.infinity] {
      #expect(throws: HeadError.malformed(what: "weights", expected: "finite numbers")) {
        try Head(bytes: try linear(weights: [1, 0, 0, broken, 0, 0]).serialised())
      }
      #expect(throws: HeadError.malformed(what: "bias", expected: "finite numbers")) {
        try Head(bytes: try linear(bias: [0, 0, broken]).serialised())
      }
    }
  }

  @Test func sumsBeyondTheirCountsAreTypedErrors() throws {
    func prototype(sums: [Int32], counts: [Int32]) throws -> [UInt8] {
      var writer = SafetensorsWriter()
      writer.metadata = Self.metadata
      writer.metadata["linnet.method"] = "prototype"
      writer.metadata["linnet.embedding"] = "l2"
      try writer.add("sums", shape: [3, 2], sums)
      try writer.add("counts", shape: [3], counts)
      return writer.serialised()
    }
    let good = try Head(bytes: try prototype(sums: [262_144, 0, 0, 5, -524_288, 3], counts: [1, 1, 2]))
    #expect(good.counts == [1, 1, 2])
    for (sums, counts): ([Int32], [Int32]) in [
      ([262_145, 0, 0, 5, 0, 3], [1, 1, 2]), ([.min, 0, 0, 5, 0, 3], [8191, 1, 2]),
      ([0, 0, 0, 0, 0, 0], [1, 0, 1]),
      ([0, 0, 0, 0, 0, 0], [1, -1, 1]), ([0, 0, 0, 0, 0, 0], [1, 8192, 1]),
    ] {
      let error = try #require(throws: HeadError.self) {
        try Head(bytes: try prototype(sums: sums, counts: counts))
      }
      guard case .malformed(let what, _) = error else {
        Issue.record("\(error)")
        continue
      }
      #expect(["sums", "counts"].contains(what))
    }
  }

  @Test func filesOnDiskAreReadAndReplaced() throws {
    let path = "/tmp/linnet-head-test-\(UInt64.random(in: 0 ... .max)).head"
    let head = try Head(bytes: try linear().serialised())
    #expect(throws: HeadError.self) { try Head(path: path) }
    try head.write(to: path)
    #expect(try Head(path: path).serialised() == head.serialised())
    #expect(unsafe remove(path) == 0)
    let error = try #require(throws: HeadError.self) { try head.write(to: "/nowhere/at/all.head") }
    #expect(error.description == "cannot write /nowhere/at/all.head: No such file or directory")
  }

  /// The text between a fence of `language` and the next.
  func block(_ language: String, of text: String) throws -> Substring {
    var lines = text.split(separator: "\n").drop { $0 != "```" + language }.dropFirst()
    lines = lines.prefix { $0 != "```" }
    return Substring(lines.joined(separator: "\n"))
  }

  @Test func theExampleOfTheFormatIsAHead() throws {
    let path = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let document = try #require(contents(of: "/" + path + "/Sources/LinnetHead/FORMAT.md"))
    let header = Array(try block("json", of: document).utf8)
    let data = try block("hex", of: document).split { $0.isWhitespace }.map {
      try #require(UInt8($0, radix: 16))
    }
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    let head = try Head(bytes: length + header + data)
    #expect(head.scores(of: [0.25, 1]) == [0.25, 0.5])
    #expect(head.decide([0.25, 1]).label == "door shut")
  }

  static let samples: [[UInt8]] = {
    let shots = try! clusters(classes: 3, shots: 3, dimension: 9)
    let trained = methods.map {
      try! Head.train($0, shots: shots, backbone: backbone).serialised()
    }
    let base = try! Head.train(.logistic, shots: shots, backbone: backbone)
    var more = Shots(dimension: 9)
    try! more.append(shots.embedding(0), label: "more")
    let imprinted = try! Head.train(
      HeadRecipe(.imprint), shots: more, backbone: backbone, support: .init(earlier: base))
    return trained + [try! imprinted.serialised(), try! HeadFileTests().linear().serialised()]
  }()

  /// What is not refused must decide, whatever its numbers.
  func use(_ bytes: [UInt8]) {
    guard let head = try? Head(bytes: bytes) else { return }
    let decision = head.decide([Float](repeating: 0.5, count: head.dimension), top: 2)
    #expect(decision.ranked.count == min(2, head.classes.count))
  }

  @Test(arguments: 0..<7)
  func cutAnywhereIsAnError(sample: Int) {
    let bytes = Self.samples[sample]
    for count in stride(from: 0, to: bytes.count, by: 64) {
      #expect(throws: HeadError.self) { try Head(bytes: Array(bytes[..<count])) }
    }
  }

  @Test(arguments: 0..<7)
  func mutationsAreErrorsOrValidHeads(sample: Int) {
    var generator = SeededGenerator(seed: UInt64(sample))
    for _ in 0..<fuzzCount {
      var bytes = Self.samples[sample]
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: bytes.remove(at: place)
        default: bytes.insert(bytes[place], at: place)
        }
      }
      use(bytes)
    }
  }
}
