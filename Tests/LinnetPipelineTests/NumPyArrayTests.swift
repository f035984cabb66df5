import LinnetPipeline
import Testing

@Suite struct NumPyArrayTests {
  private func read(_ bytes: [UInt8]) throws -> NumPyArray {
    try withTemporaryFolder { folder in
      try write(bytes, folder + "/x.npy")
      return try NumPyArray(path: folder + "/x.npy")
    }
  }

  /// A file of version `version` whose header is `text`.
  private func file(_ text: String, _ data: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let length = text.utf8.count
    let lengthBytes = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    let versionBytes: [UInt8] = [version, 0]
    return magic + versionBytes + lengthBytes + Array(text.utf8) + data
  }

  @Test(arguments: [[], [3], [2, 3], [1, 2, 3, 1]])
  func readsWhatItWrites(shape: [Int]) throws {
    let count = shape.reduce(1, *)
    let array = NumPyArray((0..<count).map { Float($0) / 3 - 1 }, shape: shape)
    let bytes = array.encoded()
    #expect((bytes.count - 4 * count) % 64 == 0)
    #expect(try read(bytes) == array)
    #expect((0..<count).allSatisfy { array.real($0) == Float($0) / 3 - 1 })
  }

  @Test func writesWhatNumPyWrites() {
    let bytes = NumPyArray(element: .int8, shape: [2, 3], bytes: [1, 2, 3, 4, 5, 255]).encoded()
    let header = "{'descr': '|i1', 'fortran_order': False, 'shape': (2, 3), }"
    let padded = header + String(repeating: " ", count: 118 - header.count - 1) + "\n"
    #expect(bytes == file(padded, [1, 2, 3, 4, 5, 255]))
  }

  @Test(arguments: [
    ("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", UInt8(1)),
    ("{'descr': '<u1', 'shape': (2,), 'fortran_order': False}   \n", 1),
    ("{\"descr\": \"u1\", 'fortran_order': False, 'shape': (2, 1)}", 2),
    ("{'shape':(1,2),'descr':'|u1','fortran_order':False}", 3),
  ])
  func readsWhatOthersWrite(header: String, version: UInt8) throws {
    let array = try read(file(header, [7, 8], version: version))
    #expect(array.element == .uint8 && array.bytes == [7, 8] && array.count == 2)
  }

  @Test func readsDoubles() throws {
    let bits = (-2.5).bitPattern
    let array = try read(
      file(
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
        (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }))
    #expect(array.real(0) == -2.5)
  }

  @Test(arguments: [
    "{'descr': '|u1', 'fortran_order': True, 'shape': (2,)}",
    "{'descr': '>f4', 'fortran_order': False, 'shape': (2,)}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}", "{'descr': '|u1', 'fortran_order': False}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (-2,)}",
    "{'descr': '|O', 'fortran_order': False, 'shape': (2,)}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (4611686018427387904, 4611686018427387904)}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), 'x': 1}", "", "{", "[]",
  ])
  func refusesTheRest(header: String) {
    #expect(throws: PipelineError.self) { try read(file(header, [7, 8])) }
  }

  @Test func cutAnywhereItIsRefused() {
    let whole = NumPyArray([1, 2, 3], shape: [3]).encoded()
    for count in 0..<whole.count {
      #expect(throws: PipelineError.self, "\(count) bytes") { try read(Array(whole[..<count])) }
    }
  }
}
