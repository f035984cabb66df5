internal import CLinnetKernels

/// A kernel for `c[m, n] = requantise(Σ_k a[m, k] · w[k, n] + bias[n])`: 1×1 and k×k convolutions, fully connected.
@safe public struct GemmKernel: Sendable {
  nonisolated(unsafe) private let row: UnsafePointer<linnet_gemm_kernel>

  /// The symbol, whose grammar tells tile and instruction set.
  public var name: String { unsafe String(cString: row.pointee.name) }

  public var instructionSet: InstructionSet {
    unsafe InstructionSet(rawValue: Int32(row.pointee.isa.rawValue)) ?? .reference
  }

  /// Every kernel of this build, worst to best, runnable here or not.
  public static var all: [GemmKernel] {
    var kernels: [GemmKernel] = []
    while let row = unsafe linnet_gemm_kernel_at(kernels.count) {
      unsafe kernels.append(GemmKernel(row: row))
    }
    return kernels
  }

  /// The best kernel that needs no more than `instructionSet`.
  public static func best(_ instructionSet: InstructionSet) -> GemmKernel {
    all.last { $0.instructionSet <= instructionSet && $0.instructionSet.isSupported } ?? all[0]
  }

  /// Multiplies.
  /// - Parameters:
  ///   - a: `m` rows, `aStride` apart, each readable to `4 · kGroups` elements.
  ///   - w: panels k4n16, 64-byte aligned.
  ///   - c: `m` rows, `cStride` apart, of which `n` elements are written; must not overlap `a`.
  @unsafe @inline(__always)
  public func callAsFunction(
    m: Int, n: Int, kGroups: Int, a: UnsafePointer<Int8>, aStride: Int, w: UnsafePointer<Int8>,
    c: UnsafeMutablePointer<Int8>, cStride: Int, requantisation: Requantisation
  ) {
    assert(m >= 1 && n >= 1 && kGroups >= 1)
    unsafe withUnsafePointer(to: requantisation.c) { parameters in
      unsafe row.pointee.run(m, n, kGroups, a, aStride, w, c, cStride, parameters)
    }
  }
}

extension GemmKernel: CustomStringConvertible {
  public var description: String { name }
}
