internal import CLinnetKernels
public import LinnetTensor

/// A kernel for the elementwise sum of two quantised tensors.
@safe public struct AddKernel: Sendable {
  public let name: String
  public let instructionSet: InstructionSet
  nonisolated(unsafe) private let run:
    @convention(c) (
      Int, UnsafePointer<Int8>?, UnsafePointer<Int8>?, UnsafeMutablePointer<Int8>?,
      UnsafePointer<linnet_addition>?
    ) -> Void

  /// Every kernel of this build, worst to best, runnable here or not.
  public static var all: [AddKernel] {
    var kernels: [AddKernel] = []
    while let row = unsafe linnet_add_kernel_at(kernels.count) {
      guard let instructionSet = unsafe InstructionSet(rawValue: Int32(row.pointee.isa.rawValue)) else {
        break
      }
      unsafe kernels.append(
        AddKernel(
          name: String(cString: row.pointee.name), instructionSet: instructionSet, run: row.pointee.run))
    }
    return kernels
  }

  /// The best kernel that needs no more than `instructionSet`.
  public static func best(_ instructionSet: InstructionSet) -> AddKernel {
    all.last { $0.instructionSet <= instructionSet } ?? all[0]
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
    unsafe run(count, a, b, c, &addition)
  }
}

extension AddKernel: CustomStringConvertible {
  public var description: String { name }
}
