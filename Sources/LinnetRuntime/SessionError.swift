/// Why no session can be made.
public enum SessionError: Error, Equatable {
  /// `LINNET_ISA`, or what a program asked for, names no instruction set.
  case unknownInstructionSet(String, known: [String])
  /// This CPU, or its operating system, cannot run it.
  case unsupportedInstructionSet(String, best: String)
  case threads(Int, limit: Int)
  /// `LINNET_PLAN` is no plan.
  case plan(String)
  /// `LINNET_L2` is no size.
  case cacheSize(String)
  /// The network's activations need more memory than there is.
  case outOfMemory(bytes: Int)
  /// The system refused another thread.
  case noThread(started: Int)
}

extension SessionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownInstructionSet(let name, let known):
      "there is no instruction set \"\(name)\"; LINNET_ISA can be \(SessionError.list(known))"
    case .unsupportedInstructionSet(let name, let best):
      "this machine cannot run \"\(name)\"; the best it can is \"\(best)\": change LINNET_ISA"
    case .threads(let count, let limit): "\(count) threads are not possible; choose 1 to \(limit)"
    case .plan(let text):
      "LINNET_PLAN is \"\(text)\"; it can be automatic, unfused, or a number of rows at a time such as 4"
    case .cacheSize(let text):
      "LINNET_L2 is \"\(text)\", which is no cache size; write it like 512K or 1M (4K to 1024M), or leave it unset"
    case .outOfMemory(let bytes):
      "the network needs \(bytes) bytes of memory, which this machine does not give"
    case .noThread(let started):
      "the system gave only \(started) threads; ask for fewer, or end other programs"
    }
  }

  private static func list(_ names: [String]) -> String {
    names.dropLast().reduce("") { $0 + $1 + ", " } + (names.last.map { "or " + $0 } ?? "")
  }
}
