import CLinux
import LinnetModel
import LinnetSafetensors
import LinnetTensor
import Testing

@Suite struct ModelTests {
  @Test func readsAGraph() throws {
    let model = try Model(path: Networks.path("depthwise"))
    #expect(model.graph.operators.count == 6)
    #expect(model.inputShape == Shape(height: 13, width: 10, channels: 5))
    #expect(model.digest.hasPrefix("sha256:"))
    #expect(model.verifyDigest())
    #expect(model.graph.multiplyAccumulates > 0)
  }

  @Test(arguments: Networks.names) func bytesAndFileAreTheSame(name: String) throws {
    let mapped = try Model(path: Networks.path(name))
    let copied = try Model(bytes: Networks.bytes(name))
    #expect(mapped.digest == copied.digest)
    #expect(mapped.graph.tensors == copied.graph.tensors)
    #expect(mapped.verifyDigest() && copied.verifyDigest())
  }

  @Test func aChangedWeightIsNoticed() throws {
    var bytes = Networks.bytes("pointwise")
    bytes[bytes.count - 600] ^= 1
    #expect(try !Model(bytes: bytes).verifyDigest())
  }

  @Test func aMissingFileIsSaid() {
    let error = #expect(throws: ModelError.self) { try Model(path: "/nonexistent/model.linnet") }
    #expect(error?.description.contains("/nonexistent/model.linnet") == true)
  }

  @Test func aHeadIsNoModel() throws {
    var writer = SafetensorsWriter()
    writer.metadata["linnet.head"] = "1"
    try writer.add("weights", shape: [1], [Float(1)])
    let bytes = writer.serialised()
    #expect(throws: ModelError.notAModel(missing: "linnet.format")) { try Model(bytes: bytes) }
  }

  @Test func aNewerFormatIsRefused() throws {
    let bytes = try Networks.edited("pointwise", "\"linnet.format\":\"1\"", "\"linnet.format\":\"9\"")
    #expect(throws: ModelError.unsupportedFormat("9")) { try Model(bytes: bytes) }
  }

  /// What is replaced in the graph of `pointwise`, and what the error must mention.
  @Test(arguments: [
    (#"\"kind\":\"convolution\""#, #"\"kind\":\"convolutiom\""#, "convolutiom"),
    (#"\"groups\":1"#, #"\"groups\":2"#, "groups"),
    (#"\"stride\":[1,1]"#, #"\"stride\":[0,1]"#, "stride"),
    (#"\"kernel\":[1,1]"#, #"\"kernel\":[9,9]"#, "kernel"),
    (#"\"shape\":[5,7,3]"#, #"\"shape\":[5,7,0]"#, "shape"),
    (#"\"type\":\"int8\""#, #"\"type\":\"int4\""#, "type"),
  ])
  func aBrokenRuleIsNamed(old: String, new: String, mention: String) throws {
    let bytes = try Networks.edited("pointwise", old, new)
    let error = #expect(throws: ModelError.self) { try Model(bytes: bytes) }
    #expect(error?.description.contains(mention) == true, "\(error?.description ?? "")")
  }

  @Test func readsRepeats() throws {
    for (name, depthGroups, repeats) in [("repeats", 4, [0, 4]), ("kernels", 9, [])] {
      guard
        case .convolution(_, _, let weights) = try Model(path: Networks.path(name)).graph.operators[0].kind
      else {
        Issue.record("the first operator is no convolution")
        return
      }
      #expect(weights.depthGroups == depthGroups && weights.repeats == repeats)
    }
  }

  /// What replaces the repeats of the first operator of `repeats`, which has 7 taps, and what the error must mention.
  @Test(arguments: [
    ("4", "list"), ("true", "list"), ("[]", "weights"), ("[4]", "weights"), ("[0,8]", "below 8"),
    ("[0,2]", "multiples of 4"), ("[4,0]", "ascending"), ("[-4]", "ascending"), ("[9e9]", "below 8"),
  ])
  func brokenRepeatsAreNamed(new: String, mention: String) throws {
    let bytes = try Networks.edited("repeats", #"\"repeats\":[0,4]"#, #"\"repeats\":"# + new)
    let error = #expect(throws: ModelError.self) { try Model(bytes: bytes) }
    #expect(error?.description.contains(mention) == true, "\(error?.description ?? "")")
  }

  @Test func readsTaps() throws {
    let model = try Model(path: Networks.path("tapped"))
    #expect(model.graph.taps.count == 5)
    #expect(model.blocks == [33, 16, 16, 16, 16, 21, 21, 34, 34, 5, 5] && model.dimension == 217)
    #expect(try Model(path: Networks.path("pointwise")).blocks == [153])
  }

  /// What replaces the taps of `tapped`, and what the error must mention.
  @Test(arguments: [
    ("8", "list"), ("[]", "list"), ("[9,10,11,12,99]", "number of a tensor"), ("[9,10,11,12,9]", "twice"),
    ("[9,10,11,12,8]", "twice"), ("[9,10,11,12]", "float32"), ("[9,10,11,12,13,1]", "only statistics"),
  ])
  func brokenTapsAreNamed(new: String, mention: String) throws {
    let bytes = try Networks.edited("tapped", #"\"taps\":[9,10,11,12,13]"#, #"\"taps\":"# + new)
    let error = #expect(throws: ModelError.self) { try Model(bytes: bytes) }
    #expect(error?.description.contains(mention) == true, "\(error?.description ?? "")")
  }

  @Test func tapsNeedFormat2() throws {
    let bytes = try Networks.edited("tapped", #""linnet.format":"2""#, #""linnet.format":"1""#)
    let error = #expect(throws: ModelError.self) { try Model(bytes: bytes) }
    #expect(error?.description.contains("format 1 has no taps") == true)
  }

  /// An input's scale so large that a sum or a difference of codes leaves 32 bits in the output's.
  @Test(arguments: ["requantised", "mean-codes"])
  func scalesTooFarApartAreRefused(name: String) throws {
    let bytes = try Networks.edited(name, "0.0170000009", "1e30")
    let error = #expect(throws: ModelError.self) { try Model(bytes: bytes) }
    #expect(error?.description.contains("too far apart") == true, "\(error?.description ?? "")")
  }
}

/// Damaged files: a typed error or a model that can be used, never a crash.
@Suite struct DamagedModelTests {
  @Test(arguments: ["pointwise", "classifier", "concatenations"])
  func everyCutIsAnError(name: String) {
    let bytes = Networks.bytes(name)
    for length in stride(from: 0, to: bytes.count, by: bytes.count > 20_000 ? 64 : 8) {
      #expect(throws: ModelError.self) { try Model(bytes: Array(bytes[..<length])) }
    }
  }

  /// `LINNET_FUZZ` is the number of mutations (a short form by default).
  @Test func mutationsAreErrorsOrModels() {
    let rounds = unsafe getenv("LINNET_FUZZ").flatMap { unsafe Int(String(cString: $0)) } ?? 600
    var generator = SplitMix(state: 11)
    var accepted = 0
    for round in 0..<rounds {
      var bytes = Networks.bytes(Networks.names[round % Networks.names.count])
      let headerEnd = 8 + bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
      for _ in 0...Int.random(in: 0...3, using: &generator) {
        let isHeader = Int.random(in: 0..<10, using: &generator) < 8
        let place = Int.random(
          in: isHeader ? 0..<min(headerEnd, bytes.count) : 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = UInt8(ascii: "0") + UInt8.random(in: 0...9, using: &generator)
        case 2: bytes[place] = .random(in: 0...255, using: &generator)
        default: bytes.remove(at: place)
        }
      }
      if let model = try? Model(bytes: bytes) {
        accepted += 1
        #expect(model.graph.tensors.allSatisfy { $0.shape.checkedCount != nil })
        _ = model.verifyDigest()
      }
    }
    #expect(accepted < rounds)
  }
}

private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// The small networks that lie with the runtime's tests.
enum Networks {
  static let names = [
    "pointwise", "depthwise", "groups", "residual", "pools", "classifier", "concatenations", "repeats",
    "tapped",
  ]

  static func path(_ name: String) -> String {
    let tests = #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 }
    return tests + "/LinnetRuntimeTests/Fixtures/" + name + ".linnet"
  }

  static func bytes(_ name: String) -> [UInt8] {
    guard let file = unsafe fopen(path(name), "rb") else { return [] }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
  }

  /// The network with the first `old` of its header replaced by `new`, padding adjusted.
  static func edited(_ name: String, _ old: String, _ new: String) throws -> [UInt8] {
    let bytes = bytes(name)
    let headerEnd = 8 + bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = Array(bytes[8..<headerEnd])
    let pattern = Array(old.utf8)
    let place = try #require((0...header.count - pattern.count).first { header[$0...].starts(with: pattern) })
    var edited = Array(header[..<place]) + Array(new.utf8) + Array(header[(place + pattern.count)...])
    while edited.count > header.count, edited.last == 32 { edited.removeLast() }
    while edited.count < header.count { edited.append(32) }
    try #require(edited.count == header.count)
    return Array(bytes[..<8]) + edited + Array(bytes[headerEnd...])
  }
}
