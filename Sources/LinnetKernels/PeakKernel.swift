internal import CLinnetKernels

/// The multiply-accumulate loop of an instruction set on registers alone: the pace that no kernel of it exceeds.
@safe public struct PeakKernel: Sendable {
  nonisolated(unsafe) private let row: UnsafePointer<linnet_peak_kernel>

  /// The symbol, whose grammar tells sums, lanes and instruction set.
  public var name: String { unsafe String(cString: row.pointee.name) }

  public var instructionSet: InstructionSet {
    unsafe InstructionSet(rawValue: Int32(row.pointee.isa.rawValue)) ?? .reference
  }

  /// Every kernel of this build, worst to best, runnable here or not.
  public static var all: [PeakKernel] {
    var kernels: [PeakKernel] = []
    while let row = unsafe linnet_peak_kernel_at(kernels.count) {
      unsafe kernels.append(PeakKernel(row: row))
    }
    return kernels
  }

  /// The best kernel that needs no more than `instructionSet`.
  public static func best(_ instructionSet: InstructionSet) -> PeakKernel {
    all.last { $0.instructionSet <= instructionSet && $0.instructionSet.isSupported } ?? all[0]
  }

  /// What ``callAsFunction(rounds:activation:weight:)`` did.
  public struct Work: Equatable, Sendable {
    public let multiplyAccumulates: Int
    /// The sum of all products modulo 2³².
    public let sum: Int32
  }

  /// Multiplies `activation` by `weight` over and over; each round does the same number of them.
  /// - Precondition: `rounds` and `activation` are not negative.
  public func callAsFunction(rounds: Int, activation: Int8, weight: Int8) -> Work {
    precondition(rounds >= 0 && activation >= 0, "rounds and activation are not negative")
    var sum: Int32 = 0
    let count = unsafe row.pointee.run(rounds, activation, weight, &sum)
    return Work(multiplyAccumulates: Int(count), sum: sum)
  }
}

extension PeakKernel: CustomStringConvertible {
  public var description: String { name }
}
