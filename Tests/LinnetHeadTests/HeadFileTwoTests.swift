import LinnetHead
import LinnetSafetensors
import Testing

/// What version 2 of the file adds.
@Suite struct HeadFileTwoTests {
  /// A knn head with groups, weights, background and a whole treatment.
  static func sample(_ method: HeadMethod = .knn) throws -> Head {
    let plain = try clusters(classes: 3, shots: 3, dimension: 4)
    var shots = try Shots(dimension: 4, classes: plain.classes)
    for row in 0..<plain.count {
      try shots.append(
        plain.embedding(row), class: plain.classOf[row], group: row < 2 ? "g" : nil, weight: row == 4 ? 2 : 1)
    }
    try shots.appendBackground([1, 0, 0, 1])
    var recipe = HeadRecipe(method)
    recipe.treatment = EmbeddingTreatment(
      blocks: [
        .init(range: 0..<2, weight: 0.5, power: .squareRoot), .init(range: 2..<4, weight: 0.5),
      ],
      centre: [0.1, 0.2, 0.3, 0.4], deviation: [1, 2, 1, 2])
    return try Head.train(recipe, shots: shots, backbone: backbone)
  }

  /// The file of a head with other metadata or other tensors; a tensor that is `nil` is left out.
  func changed(
    _ head: Head, _ metadata: [String: String?] = [:], int32: [String: [Int32]?] = [:],
    int16: [String: [Int16]?] = [:], float: [String: [Float]?] = [:]
  ) throws -> [UInt8] {
    let file = try SafetensorsFile(bytes: try head.serialised())
    var writer = SafetensorsWriter()
    writer.metadata = file.metadata
    for (key, value) in metadata { writer.metadata[key] = value }
    for tensor in file.tensors {
      let name = tensor.name
      if let values = int32[name] {
        guard let values else { continue }
        let isWhole = values.count == tensor.shape.reduce(1, *)
        try writer.add(name, shape: isWhole ? tensor.shape : [values.count], values)
      } else if let values = float[name] {
        if let values { try writer.add(name, shape: [values.count], values) }
      } else if let values = int16[name] {
        guard let values else { continue }
        let bytes = values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        try writer.add(name, .i16, shape: tensor.shape, bytes: bytes)
      } else {
        try writer.add(
          name, tensor.type, shape: tensor.shape,
          bytes: file.withBytes(of: tensor) { bytes in
            (0..<bytes.byteCount).map { unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
          })
      }
    }
    return writer.serialised()
  }

  func isRefused(_ bytes: [UInt8], at expected: String) throws {
    let error = try #require(throws: HeadError.self) { try Head(bytes: bytes) }
    guard case .malformed(let what, _) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(what == expected)
  }

  @Test func unchangedIsRead() throws {
    let head = try Self.sample()
    #expect(try Head(bytes: try changed(head)).serialised() == head.serialised())
  }

  @Test(
    arguments: [
      ("linnet.scorer", "forest"), ("linnet.scorer", nil), ("linnet.treatment", nil),
      ("linnet.treatment", "l2"),
      ("linnet.treatment", #"{"blocks":[[0,9,1,"none"]],"normalised":true,"whole":false}"#),
      ("linnet.treatment", #"{"blocks":[[2,1,1,"none"]],"normalised":true,"whole":false}"#),
      ("linnet.treatment", #"{"blocks":[[-1,1,1,"none"]],"normalised":true,"whole":false}"#),
      ("linnet.treatment", #"{"blocks":[],"normalised":true,"whole":false}"#),
      ("linnet.treatment", #"{"blocks":[[0,4,0,"none"]],"normalised":true,"whole":false}"#),
      ("linnet.treatment", #"{"blocks":[[0,4,1e60,"none"]],"normalised":true,"whole":false}"#),
      ("linnet.treatment", #"{"blocks":[[0,4,1,"cube"]],"normalised":true,"whole":false}"#),
      ("linnet.treatment", #"{"blocks":[[0,4,1,"none"]],"normalised":1,"whole":false}"#),
      ("linnet.recipe", "[]"), ("linnet.recipe", #"{"neighbours":0}"#),
      ("linnet.recipe", #"{"balance":"x"}"#),
      ("linnet.recipe", #"{"regularisation":-1}"#), ("linnet.recipe", #"{"regularisation":1e60}"#),
      ("linnet.recipe", #"{"seed":12}"#), ("linnet.recipe", #"{"treatment":"mine"}"#), ("linnet.base", "1"),
    ] as [(String, String?)])
  func wrongMetadataIsATypedError(key: String, value: String?) throws {
    try isRefused(try changed(try Self.sample(), [key: value]), at: key)
  }

  @Test func wrongTensorsAreTypedErrors() throws {
    let head = try Self.sample()
    let codes = try tensor("shots", of: head, as: Int16.self)
    var broken = codes
    broken[5] = .min
    try isRefused(try changed(head, int16: ["shots": broken]), at: "shots")
    for exponent: Int32 in [-150, 114, .min, .max] {
      var exponents = try tensor("shots.exponent", of: head, as: Int32.self)
      exponents[0] = exponent
      try isRefused(try changed(head, int32: ["shots.exponent": exponents]), at: "shots.exponent")
    }
    for place: Int32 in [-2, 3, 1, -1] {
      var places = try tensor("shots.class", of: head, as: Int32.self)
      places[0] = place
      try isRefused(try changed(head, int32: ["shots.class": places]), at: "shots.class")
    }
    for weight: Float in [0, -1, .nan, .infinity] {
      var weights = try tensor("shots.weight", of: head, as: Float.self)
      weights[0] = weight
      try isRefused(try changed(head, float: ["shots.weight": weights]), at: "shots.weight")
    }
    try isRefused(
      try changed(head, int32: ["shots.group": [Int32](repeating: 1, count: 10)]), at: "shots.group")
    try isRefused(try changed(head, int32: ["shots.exponent": [0]]), at: "shots.exponent")
    try isRefused(try changed(head, int16: ["shots": nil]), at: "shots")
    try isRefused(try changed(head, float: ["treatment.centre": [0, 0, 0, .nan]]), at: "treatment.centre")
    try isRefused(try changed(head, float: ["treatment.centre": [0]]), at: "treatment.centre")
    for deviation: Float in [0, -1, .infinity] {
      #expect(throws: HeadError.self) {
        try Head(bytes: try changed(head, float: ["treatment.deviation": [1, 1, 1, deviation]]))
      }
    }
  }

  @Test func viewsAreKept() throws {
    var seen = backbone
    seen.views = "flip,crops"
    let shots = try clusters(classes: 2, shots: 2, dimension: 4)
    let head = try Head.train(.prototype, shots: shots, backbone: seen)
    #expect(try Head(bytes: head.serialised()).backbone.views == "flip,crops")
    let plain = try Head.train(.prototype, shots: shots, backbone: backbone)
    #expect(try Head(bytes: plain.serialised()).backbone.views == "")
    #expect(try SafetensorsFile(bytes: plain.serialised()).metadata["linnet.views"] == nil)
  }

  @Test func weightsThatAreNotFiniteAreTypedErrors() throws {
    for method in [HeadMethod.ridge, .lda] {
      let head = try Self.sample(method)
      try isRefused(try changed(head, float: ["bias": [0, .nan, 0]]), at: "bias")
    }
  }

  @Test(arguments: methods)
  func everyUnicodeIsALabel(method: HeadMethod) throws {
    let labels = [
      "/", "..", ".", "a\nb", "a\r\n", "\u{0}", "\u{202E}rtl", " ", "\u{FEFF}", "e\u{301}", "👩‍👩‍👧‍👦", "\\\"",
      "\u{10FFFF}", String(repeating: "x", count: 1024),
    ]
    var shots = Shots(dimension: labels.count)
    for (place, label) in labels.enumerated() {
      var embedding = [Float](repeating: 0, count: labels.count)
      embedding[place] = 1
      for _ in 0..<2 { try shots.append(embedding, label: label) }
    }
    let head = try Head(bytes: try Head.train(method, shots: shots, backbone: backbone).serialised())
    #expect(head.classes == labels)
    for (place, label) in labels.enumerated() {
      #expect(head.decide(shots.embedding(2 * place), top: 1).ranked[0].label == label)
    }
  }
}
