import CLinux
import LinnetKernels
import LinnetModel
import LinnetRuntime
import LinnetTensor
import Testing

/// What `toolchain/test threads` runs under ThreadSanitizer beside the golden and the random networks.
///
/// The instruction sets here are those whose loads and stores ThreadSanitizer sees: it does not follow vectors of more
/// than 16 bytes. How work is divided and joined is the same for all.
@Suite struct WorkerPoolTests {
  static let instructionSets = [InstructionSet.reference, .sse41].filter(\.isSupported)

  /// Every step is large enough to be divided, so that all threads write what all threads then read.
  static func dividedNetwork() throws -> Model {
    var sketch = NetworkSketch(input: Shape(height: 19, width: 17, channels: 21), random: SplitMix(seed: 7))
    let one = Extent(height: 1, width: 1)
    let none = Padding(top: 0, left: 0, bottom: 0, right: 0)
    let pointwise = WindowShape(kernel: one, stride: one, padding: none)
    let filter = WindowShape(
      kernel: Extent(height: 3, width: 3), stride: one, padding: Padding(top: 1, left: 1, bottom: 1, right: 1)
    )
    var x = 0
    for _ in 0..<2 {
      let entry = x
      x = sketch.convolution(x, pointwise, channels: 93, .relu6)
      x = sketch.depthwise(x, filter, .relu6)
      x = sketch.convolution(x, pointwise, channels: 21, .none)
      x = sketch.add(entry, x, .none)
    }
    x = sketch.convolution(x, filter, channels: 18, .none)
    return try Model(bytes: sketch.bytes())
  }

  @Test(arguments: instructionSets, [2, 3, 7])
  func everyRunSeesWhatTheOneBeforeLeft(instructionSet: InstructionSet, threads: Int) throws {
    let model = try WorkerPoolTests.dividedNetwork()
    let alone = try Session(
      model: model, configuration: SessionConfiguration(threads: 1, instructionSet: instructionSet))
    let together = try Session(
      model: model, configuration: SessionConfiguration(threads: threads, instructionSet: instructionSet))
    var random = SplitMix(seed: 3)
    for run in 0..<20 {
      let input = (0..<model.inputShape.count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      for session in [alone, together] {
        session.fill(input)
        session.run()
      }
      #expect(together.outputBytes == alone.outputBytes, "run \(run)")
      // Long enough for the threads to fall asleep.
      if run % 5 == 4 { usleep(2000) }
    }
  }

  /// Pools stop before a run, after one, and while their threads are still starting.
  @Test(arguments: instructionSets)
  func poolsComeAndGo(instructionSet: InstructionSet) throws {
    let model = try WorkerPoolTests.dividedNetwork()
    var first: [UInt8]?
    for round in 0..<60 {
      let session = try Session(
        model: model,
        configuration: SessionConfiguration(threads: [2, 3, 7][round % 3], instructionSet: instructionSet))
      for _ in 0..<round % 4 {
        session.fill([UInt8](repeating: 3, count: model.inputShape.count))
        session.run()
        first = first ?? session.outputBytes
        #expect(session.outputBytes == first)
      }
    }
  }
}
