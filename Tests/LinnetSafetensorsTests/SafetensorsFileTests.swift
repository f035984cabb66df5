import CLinux
import LinnetSafetensors
import Testing

@Suite struct SafetensorsFileTests {
  @Test func readsWhatPythonWrites() throws {
    let header = #"""
      {"__metadata__":{"k":"v"},"b":{"dtype":"F32","shape":[2,1],"data_offsets":[3,11]},
      "a":{"dtype":"I8","shape":[3],"data_offsets":[0,3]},"s":{"dtype":"I64","shape":[],"data_offsets":[11,19]}}
      """#
    let data: [UInt8] = [1, 2, 255, 0, 0, 128, 63, 0, 0, 0, 192, 7, 0, 0, 0, 0, 0, 0, 0]
    let file = try SafetensorsFile(bytes: container(header + "   ", data: data))
    #expect(file.metadata == ["k": "v"])
    #expect(file.tensors.map(\.name) == ["a", "b", "s"])
    let a = try #require(file.entry("a"))
    let b = try #require(file.entry("b"))
    let s = try #require(file.entry("s"))
    #expect(file.elements(of: a, as: Int8.self) == [1, 2, -1])
    #expect(file.elements(of: b, as: Float.self) == [1, -2])
    #expect(file.elements(of: s, as: Int64.self) == [7])
    #expect(b.shape == [2, 1] && b.count == 2 && b.offset == 3)
    #expect(file.withBytes(of: a) { $0.byteCount } == 3)
    #expect(file.entry("c") == nil)
    #expect(file.sha256(prefix: "x") == SHA256.digest(of: Array("x".utf8) + data))
  }

  static func one(_ type: String, _ shape: String, _ offsets: String) -> String {
    #"{"t":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
  }

  @Test(arguments: [
    (
      one("F32", "[1]", "[0,3]"), SafetensorsError.sizeMismatch(tensor: "t", expectedBytes: 4, actualBytes: 3)
    ),
    (one("F32", "[2]", "[0,8]"), .outsideData(tensor: "t", end: 8, dataBytes: 4)),
    (one("I4", "[1]", "[0,4]"), .unknownType(tensor: "t", type: "I4")),
    (one("U8", "[3]", "[1,4]"), .gap(tensor: "t", bytes: 1)),
    (one("U8", "[3]", "[0,3]"), .gap(tensor: nil, bytes: 1)),
    (one("U8", "[4611686018427387904,2]", "[0,4]"), .tooLarge(tensor: "t")),
    (one("U8", "[-1]", "[0,4]"), .malformed(tensor: "t", expected: "\"shape\", an array of extents")),
    (one("U8", "[4.0]", "[0,4]"), .malformed(tensor: "t", expected: "\"shape\", an array of extents")),
    (
      one("U8", "[4]", "[4,0]"),
      .malformed(tensor: "t", expected: "\"data_offsets\", a start and an end after it")
    ),
    (#"{"t":4}"#, .malformed(tensor: "t", expected: "a string \"dtype\"")),
    (#"{"__metadata__":{"k":1}}"#, .malformed(tensor: "__metadata__", expected: "a string for \"k\"")),
    (#"{"__metadata__":[]}"#, .malformed(tensor: "__metadata__", expected: "an object")),
    ("[]", .header(.unexpected(offset: 0, expected: "an object"))),
    (
      #"{"t":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"u":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}"#,
      .overlap(tensor: "u")
    ),
    (
      #"{"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#,
      .header(.duplicateKey("t", offset: 53))
    ),
  ])
  func wrongHeadersAreTypedErrors(header: String, error: SafetensorsError) {
    #expect(throws: error) { try SafetensorsFile(bytes: container(header, data: [0, 0, 0, 0])) }
    #expect(!error.description.isEmpty)
  }

  @Test func lengthsBeyondTheFileAreErrors() {
    #expect(throws: SafetensorsError.truncated(expectedBytes: 8, actualBytes: 3)) {
      try SafetensorsFile(bytes: [1, 2, 3])
    }
    #expect(throws: SafetensorsError.truncated(expectedBytes: 108, actualBytes: 8)) {
      try SafetensorsFile(bytes: [100, 0, 0, 0, 0, 0, 0, 0])
    }
    #expect(throws: SafetensorsError.headerTooLarge(bytes: .max, limit: 16 << 20)) {
      try SafetensorsFile(bytes: [UInt8](repeating: 255, count: 64))
    }
  }

  @Test func pathsThatAreNoFilesAreErrors() throws {
    try withTemporaryFolder { folder in
      #expect(throws: SafetensorsError.notAFile(path: folder)) { try SafetensorsFile(path: folder) }
      let missing = folder + "/missing"
      let error = try #require(throws: SafetensorsError.self) { try SafetensorsFile(path: missing) }
      #expect(error.description == "cannot read \(missing): No such file or directory")
      try writeAtomically([UInt8](), to: folder + "/empty")
      #expect(throws: SafetensorsError.truncated(expectedBytes: 8, actualBytes: 0)) {
        try SafetensorsFile(path: folder + "/empty")
      }
      #expect(unsafe mkfifo(folder + "/pipe", 0o600) == 0)
      #expect(throws: SafetensorsError.notAFile(path: folder + "/pipe")) {
        try SafetensorsFile(path: folder + "/pipe")
      }
    }
  }

  /// What is not refused must be readable to its last byte.
  func read(_ bytes: [UInt8]) {
    guard let file = try? SafetensorsFile(bytes: bytes) else { return }
    var sum = 0
    for tensor in file.tensors {
      sum += file.withBytes(of: tensor) { bytes in
        (0..<bytes.byteCount).reduce(0) {
          $0 + Int(unsafe bytes.unsafeLoad(fromByteOffset: $1, as: UInt8.self))
        }
      }
      #expect(tensor.shape.reduce(1, *) == tensor.count)
    }
    #expect(file.tensors.reduce(0) { $0 + $1.byteCount } == file.dataByteCount && sum >= 0)
  }

  static let sample: [UInt8] = {
    var writer = SafetensorsWriter()
    writer.metadata = ["linnet.format": "1", "note": "é\n\"quoted\""]
    try! writer.add("weights", shape: [3, 5], (0..<15).map { Float($0) })
    try! writer.add("scalar", shape: [], [Int32(7)])
    try! writer.add("empty", shape: [0, 9], [Int8]())
    try! writer.add("codes", shape: [2, 2, 2], (0..<8).map { Int8($0) })
    return writer.serialised()
  }()

  @Test func cutAnywhereIsAnError() {
    for count in 0..<Self.sample.count {
      #expect(throws: SafetensorsError.self) { try SafetensorsFile(bytes: Array(Self.sample[..<count])) }
    }
  }

  @Test func mutationsAreErrorsOrValidFiles() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<fuzzCount {
      read(mutated(Self.sample, reach: Self.sample.count - 100, using: &generator))
    }
  }
}
