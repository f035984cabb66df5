internal import CLinnetKernels

/// A kernel for one tile of a matrix product: some rows times some panels of 16 output channels.
@safe public struct GemmKernel: Sendable {
  nonisolated(unsafe) let row: UnsafePointer<linnet_gemm_kernel>

  /// The symbol, whose grammar tells tile and instruction set.
  public var name: String { unsafe String(cString: row.pointee.name) }

  public var instructionSet: InstructionSet {
    unsafe InstructionSet(rawValue: Int32(row.pointee.isa.rawValue)) ?? .reference
  }

  /// Rows of the tile.
  public var rows: Int { unsafe row.pointee.rows }

  /// Panels of the tile.
  public var panels: Int { unsafe row.pointee.panels }

  /// Every kernel of this build, worst instruction set to best, runnable here or not.
  public static let all: [GemmKernel] = {
    var kernels: [GemmKernel] = []
    while let row = unsafe linnet_gemm_kernel_at(kernels.count) {
      unsafe kernels.append(GemmKernel(row: row))
    }
    return kernels
  }()

  /// The tiles of the best set that needs no more than `instructionSet`.
  public static func tiles(_ instructionSet: InstructionSet) -> [GemmKernel] {
    tilesOfSets[Int(instructionSet.rawValue)]
  }

  private static let tilesOfSets: [[GemmKernel]] = InstructionSet.allCases.map { instructionSet in
    let runnable = all.filter { $0.instructionSet <= instructionSet && $0.instructionSet.isSupported }
    return runnable.filter { $0.instructionSet == runnable[runnable.count - 1].instructionSet }
  }
}

extension GemmKernel: CustomStringConvertible {
  public var description: String { name }
}
