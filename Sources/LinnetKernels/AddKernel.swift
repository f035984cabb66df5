internal import CLinnetKernels
public import LinnetTensor

/// A kernel for the elementwise sum of two quantised tensors.
@safe public struct AddKernel: Sendable {
  nonisolated(unsafe) private let row: UnsafePointer<linnet_add_kernel>

  /// The symbol, whose grammar tells tile and instruction set.
  public var name: String { unsafe String(cString: row.pointee.name) }

  public var instructionSet: InstructionSet {
    unsafe InstructionSet(rawValue: Int32(row.pointee.isa.rawValue)) ?? .reference
  }

  /// Every kernel of this build, worst to best, runnable here or not.
  public static var all: [AddKernel] {
    var kernels: [AddKernel] = []
    while let row = unsafe linnet_add_kernel_at(kernels.count) {
      unsafe kernels.append(AddKernel(row: row))
    }
    return kernels
  }

  /// The best kernel that needs no more than `instructionSet`.
  public static func best(_ instructionSet: InstructionSet) -> AddKernel {
    all.last { $0.instructionSet <= instructionSet && $0.instructionSet.isSupported } ?? all[0]
  }

  /// `c[i] = clamp(((bias + a[i]·m_a + b[i]·m_b) >> shift) + zero point)`; `a`, `b` and `c` may be the same memory.
  @unsafe @inline(__always)
  public func callAsFunction(
    count: Int, a: UnsafePointer<Int8>, b: UnsafePointer<Int8>, c: UnsafeMutablePointer<Int8>,
    parameters: AdditionParameters, range: ClosedRange<Int32>
  ) {
    var addition = linnet_addition(
      bias: parameters.bias, multiplier_a: parameters.multiplierA, multiplier_b: parameters.multiplierB,
      shift: parameters.shift, zero_point: parameters.zeroPoint, least: range.lowerBound,
      greatest: range.upperBound)
    unsafe row.pointee.run(count, a, b, c, &addition)
  }
}

extension AddKernel: CustomStringConvertible {
  public var description: String { name }
}
