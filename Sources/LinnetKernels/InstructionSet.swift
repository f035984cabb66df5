internal import CLinnetKernels

/// A set of instructions that kernels are written for, worst to best.
public enum InstructionSet: Int32, CaseIterable, Comparable, Sendable {
  /// Portable C, the oracle of all others.
  case reference
  case sse41
  case avx2
  case avxvnni
  case avx512vnni

  /// As in `LINNET_ISA` and in what people read.
  public var name: String {
    switch self {
    case .reference: "reference"
    case .sse41: "sse41"
    case .avx2: "avx2"
    case .avxvnni: "avxvnni"
    case .avx512vnni: "avx512vnni"
    }
  }

  /// Whether this CPU and its operating system can run it.
  public var isSupported: Bool { linnet_isa_is_supported(rawValue) != 0 }

  /// The best that this machine can run.
  public static var best: InstructionSet {
    var best = InstructionSet.reference
    for candidate in allCases where candidate.isSupported { best = candidate }
    return best
  }

  /// The set of that name, or `nil`.
  public init?(name: String) {
    guard let found = InstructionSet.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  public static func < (left: InstructionSet, right: InstructionSet) -> Bool {
    left.rawValue < right.rawValue
  }
}
