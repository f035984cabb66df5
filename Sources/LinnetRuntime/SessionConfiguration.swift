internal import CLinux
public import LinnetKernels

/// How a session is run; no choice changes an answer.
public struct SessionConfiguration: Sendable {
  /// Threads that share the work of a run, the caller's own among them.
  public var threads: Int
  /// The instruction set to keep to; `nil` is `LINNET_ISA` where that is set, and else the machine's best.
  public var instructionSet: InstructionSet?

  /// More threads than this are refused.
  public static let greatestThreads = 64

  public init(threads: Int = 1, instructionSet: InstructionSet? = nil) {
    self.threads = threads
    self.instructionSet = instructionSet
  }

  /// The instruction set that a session of this configuration uses.
  public func resolvedInstructionSet() throws(SessionError) -> InstructionSet {
    let wanted: InstructionSet
    if let instructionSet {
      wanted = instructionSet
    } else if let variable = unsafe getenv("LINNET_ISA"), unsafe variable.pointee != 0 {
      let name = unsafe String(cString: variable)
      guard let named = InstructionSet(name: name) else {
        throw .unknownInstructionSet(name, known: InstructionSet.allCases.map { $0.name })
      }
      wanted = named
    } else {
      return .best
    }
    guard wanted.isSupported else {
      throw .unsupportedInstructionSet(wanted.name, best: InstructionSet.best.name)
    }
    return wanted
  }
}
