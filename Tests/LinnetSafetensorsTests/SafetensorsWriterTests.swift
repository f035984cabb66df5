import LinnetSafetensors
import Testing

@Suite struct SafetensorsWriterTests {
  func writer() throws -> SafetensorsWriter {
    var writer = SafetensorsWriter()
    for key in ["b", "a", "c"] { writer.metadata[key] = "value of \(key)" }
    try writer.add("second", shape: [2], [Float(1), 2])
    try writer.add("first", .u8, shape: [3], bytes: [1, 2, 3] as [UInt8])
    return writer
  }

  @Test func equalContentsMakeEqualBytes() throws {
    let bytes = try writer().serialised()
    for _ in 0..<20 { #expect(try writer().serialised() == bytes) }
    let header = String(decoding: bytes[8..<(bytes.count - 11)], as: UTF8.self)
    #expect(
      header.hasPrefix(
        #"{"__metadata__":{"a":"value of a","b":"value of b","c":"value of c"},"second":{"dtype":"F32","shape":[2],"#
      ))
  }

  @Test func dataBeginsAtAMultipleOf64() throws {
    for padding in 0..<70 {
      var writer = try writer()
      writer.metadata["p"] = String(repeating: "x", count: padding)
      let file = try SafetensorsFile(bytes: writer.serialised())
      #expect(file.dataOffset % 64 == 0)
      #expect(file.tensors.map(\.name) == ["second", "first"])
    }
  }

  @Test func writesAFileThatOpens() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.safetensors"
      try writer().write(to: path)
      let file = try SafetensorsFile(path: path)
      #expect(file.path == path && file.metadata["b"] == "value of b")
      #expect(file.elements(of: try #require(file.entry("second")), as: Float.self) == [1, 2])
      #expect(try file.sha256(prefix: "") == SafetensorsFile(bytes: writer().serialised()).sha256(prefix: ""))
    }
  }

  @Test func refusesWhatItsReaderWould() throws {
    var writer = try writer()
    #expect(throws: SafetensorsError.duplicate(tensor: "first")) {
      try writer.add("first", shape: [1], [Float(1)])
    }
    #expect(throws: SafetensorsError.sizeMismatch(tensor: "x", expectedBytes: 12, actualBytes: 4)) {
      try writer.add("x", shape: [3], [Float(1)])
    }
    #expect(throws: SafetensorsError.tooLarge(tensor: "x")) { try writer.add("x", shape: [.max], [Float(1)]) }
  }
}
