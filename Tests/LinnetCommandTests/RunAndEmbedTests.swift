import LinnetPipeline
import LinnetSafetensors
import LinnetStore
import Testing

@Suite struct RunAndEmbedTests {
  @Test func embeddingsHaveARowAPictureAndANameARow() throws {
    let work = Workplace()
    let folder = try work.pictures(0, 3)
    try work.write([1], "pictures/kind-0/broken.jpg")
    let outcome = try work.run("embed", folder, "-o", work.folder + "/x.npy", "--json")
    #expect(outcome.status == 1 && outcome.errors.contains("broken.jpg"))
    #expect(try outcome.json()[0]["pictures"]?.integer == 3)
    let array = try NumPyArray(path: work.folder + "/x.npy")
    #expect(array.element == .float32 && array.shape == [3, 1280])
    let names = String(decoding: try File.read(work.folder + "/x.txt"), as: UTF8.self)
    #expect(names == (0..<3).map { "\(folder)/\($0).jpg\n" }.joined())
  }

  @Test func theWholeVectorBeginsWithTheEmbedding() throws {
    let work = Workplace()
    let folder = try work.pictures(1, 2)
    let plain = try work.run("embed", folder, "-o", work.folder + "/x.npy", "--json")
    let all = try work.run("embed", folder, "-o", work.folder + "/all.npy", "--all", "--json")
    #expect(try plain.json()[0]["blocks"]?.array?.compactMap(\.integer) == [1280])
    let blocks = try all.json()[0]["blocks"]?.array?.compactMap(\.integer)
    #expect(blocks == [1280, 192, 192, 1152, 1152, 320, 320])
    let embeddings = try NumPyArray(path: work.folder + "/x.npy")
    let vectors = try NumPyArray(path: work.folder + "/all.npy")
    #expect(vectors.shape == [2, 4608])
    for row in 0..<2 {
      let taps = (1280..<4608).map { vectors.real(row * 4608 + $0) }
      #expect((0..<1280).allSatisfy { vectors.real(row * 4608 + $0) == embeddings.real(row * 1280 + $0) })
      #expect(Set(taps).count > 1000 && taps[192..<384].allSatisfy { $0 >= 0 })
    }
  }

  @Test func runGivesOutputsForEveryInput() throws {
    let work = Workplace()
    let count = 224 * 224 * 3
    let codes = (0..<2 * count).map { UInt8(truncatingIfNeeded: ($0 &* $0) >> 9) }
    try work.write(NumPyArray(element: .int8, shape: [2, 224, 224, 3], bytes: codes).encoded(), "x.npy")
    try work.write(
      NumPyArray(element: .uint8, shape: [2, 224, 224, 3], bytes: codes.map { $0 &+ 128 }).encoded(), "u.npy")
    for (input, output) in [("x", "y"), ("u", "v")] {
      let outcome = try work.run(
        "run", model, "--input", "\(work.folder)/\(input).npy", "--output", "\(work.folder)/\(output).npy")
      #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors.isEmpty)
    }
    let signed = try NumPyArray(path: work.folder + "/y.npy")
    #expect(signed.shape == [2, 1280] && signed.element == .float32)
    #expect(try NumPyArray(path: work.folder + "/v.npy") == signed)
    #expect(signed.bytes[..<5120] != signed.bytes[5120...])
  }

  @Test func sameAnswersOnEveryInstructionSet() throws {
    let work = Workplace()
    let folder = try work.pictures(2, 2)
    var seen: [[UInt8]] = []
    for set in ["reference", "sse41", "avx2", "avxvnni", "avx512vnni"] {
      let outcome = try work.run(
        "embed", folder, "-o", work.folder + "/x.npy", environment: ["LINNET_ISA": set])
      if outcome.status == 64 { continue }
      #expect(outcome.status == 0)
      seen.append(try File.read(work.folder + "/x.npy"))
    }
    #expect(!seen.isEmpty && seen.allSatisfy { $0 == seen[0] })
  }
}
