import CLinux
import LinnetKernels
import LinnetModel
import LinnetRuntime
import LinnetSafetensors
import LinnetTensor
import Testing

/// Small networks of every operator kind beside the outputs of the converter's NumPy interpreter, which was written
/// from FORMAT.md alone. `toolchain/convert/make-fixtures` makes them.
@Suite struct GoldenTests {
  static let names = Fixtures.names

  @Test func thereAreFixtures() {
    #expect(GoldenTests.names.count >= 20)
  }

  @Test(arguments: names, InstructionSet.allCases.filter(\.isSupported))
  func outputIsTheInterpreters(name: String, instructionSet: InstructionSet) throws {
    let model = try Model(path: Fixtures.path(name + ".linnet"))
    let golden = try SafetensorsFile(path: Fixtures.path(name + ".golden.safetensors"))
    let plans: [PlanChoice] = [.automatic, .fused(strip: 2), .unfused, .fused(strip: 1)]
    for (threads, plan) in zip([1, 2, 3, 7], plans) {
      let session = try Session(
        model: model,
        configuration: SessionConfiguration(threads: threads, instructionSet: instructionSet, plan: plan))
      for (index, (input, output)) in zip(batch(golden, "input"), batch(golden, "output")).enumerated() {
        session.fill(input)
        session.run()
        let difference = firstDifference(session.outputBytes, output)
        #expect(
          difference == nil, "picture \(index), \(threads) threads, \(plan): byte \(difference ?? -1) differs"
        )
        if !model.graph.taps.isEmpty {
          #expect(session.vectorBytes == batch(golden, "vector")[index], "\(threads) threads, \(plan)")
        }
      }
    }
  }

  /// The items along a tensor's leading axis, as bytes.
  private func batch(_ file: SafetensorsFile, _ name: String) -> [[UInt8]] {
    guard let entry = file.entry(name), let count = entry.shape.first, count > 0 else { return [] }
    let bytes = file.withBytes(of: entry) { bytes in
      (0..<bytes.byteCount).map { unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
    }
    let size = bytes.count / count
    return (0..<count).map { Array(bytes[$0 * size..<($0 + 1) * size]) }
  }

  private func firstDifference(_ a: [UInt8], _ b: [UInt8]) -> Int? {
    guard a.count == b.count else { return min(a.count, b.count) }
    return zip(a, b).enumerated().first { $0.element.0 != $0.element.1 }?.offset
  }
}

extension Session {
  /// Sets the input's codes from bytes.
  func fill(_ bytes: [UInt8]) {
    withInput { input in
      for i in 0..<input.count { input[i] = Int8(bitPattern: bytes[i]) }
    }
  }

  var outputBytes: [UInt8] {
    withOutput { bytes in
      (0..<bytes.byteCount).map { unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
    }
  }
}

extension Session {
  /// The whole vector's float32.
  var vectorBytes: [UInt8] {
    var vector: [Float] = []
    copyEmbedding(into: &vector)
    return vector.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> ($0 * 8)) }
    }
  }

  /// Those of the taps.
  var tapBytes: [UInt8] { Array(vectorBytes.dropFirst(4 * model.blocks[0])) }
}

/// The files in `Fixtures`, beside this one.
enum Fixtures {
  static let folder = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/")!)) + "/Fixtures"

  static func path(_ name: String) -> String { folder + "/" + name }

  /// The backbone that the repository ships.
  static let shippedModel = folder + "/../../../models/efficientnet-lite0.linnet"

  /// Base names of the networks, sorted.
  static let names: [String] = {
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe String(cString: linnet_entry_name(entry))
      if name.hasSuffix(".linnet") { names.append(String(name.dropLast(7))) }
    }
    return names.sorted()
  }()
}
