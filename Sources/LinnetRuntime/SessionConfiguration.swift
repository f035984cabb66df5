internal import CLinux
public import LinnetKernels

/// How a session is run; no choice changes an answer.
public struct SessionConfiguration: Sendable {
  /// Threads that share the work of a run, the caller's own among them.
  public var threads: Int
  /// The instruction set to keep to; `nil` is `LINNET_ISA` where that is set, and else the machine's best.
  public var instructionSet: InstructionSet?

  /// How much is run depth-first; `nil` is `LINNET_PLAN` where that is set, and else what costs least.
  public var plan: PlanChoice?
  /// Bytes of second-level cache to plan for; `nil` is `LINNET_L2` where that is set, and else the machine's.
  public var cacheBytes: Int?
  /// Tensors of the graph that ``Session/copy(tensor:into:)`` can read after a run; where there are any, every
  /// operator runs for itself (``PlanChoice/unfused``) and their memory is not used again.
  public var keptTensors: [Int] = []

  /// More threads than this are refused.
  public static let greatestThreads = 64

  public init(
    threads: Int = 1, instructionSet: InstructionSet? = nil, plan: PlanChoice? = nil,
    cacheBytes: Int? = nil
  ) {
    self.threads = threads
    self.instructionSet = instructionSet
    self.plan = plan
    self.cacheBytes = cacheBytes
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

  /// The plan that a session of this configuration asks for.
  public func resolvedPlan() throws(SessionError) -> PlanChoice {
    guard keptTensors.isEmpty else { return .unfused }
    if let plan { return plan }
    guard let variable = unsafe getenv("LINNET_PLAN"), unsafe variable.pointee != 0 else { return .automatic }
    let text = unsafe String(cString: variable)
    guard let choice = PlanChoice(text) else { throw .plan(text) }
    return choice
  }

  /// The cache that a session of this configuration plans for, in bytes.
  public func resolvedCacheBytes() throws(SessionError) -> Int {
    if let cacheBytes { return cacheBytes }
    guard let variable = unsafe getenv("LINNET_L2"), unsafe variable.pointee != 0 else {
      return SessionConfiguration.machineCacheBytes
    }
    let text = unsafe String(cString: variable)
    guard let bytes = SessionConfiguration.bytes(text) else { throw .cacheSize(text) }
    return bytes
  }

  /// "512K", "1M" or a number of bytes, 4 KiB to 1 GiB; anything else is `nil`.
  static func bytes(_ text: String) -> Int? {
    let scale = text.hasSuffix("K") || text.hasSuffix("k") ? 1024 : text.hasSuffix("M") ? 1_048_576 : 1
    guard let number = Int(scale == 1 ? Substring(text) : text.dropLast()),
      (1...1_073_741_824).contains(number)
    else { return nil }
    let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: scale)
    return !isTooLarge && (4096...1_073_741_824).contains(bytes) ? bytes : nil
  }

  /// What the machine says, and 512 KiB, as boards have, where it says nothing.
  private static var machineCacheBytes: Int {
    let reported = linnet_second_level_cache_bytes()
    return reported > 0 ? reported : 524_288
  }
}
