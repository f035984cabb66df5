internal import LinnetModel

/// Which bytes of the arena hold what while a step runs.
struct ArenaMap {
  /// A tensor, together with those that are only another shape of it, and the steps that must not overwrite it.
  struct Resident: Equatable {
    /// The graph's tensor.
    var tensor: Int
    var offset: Int
    var byteCount: Int
    /// From the step that makes it to the last that reads it.
    var steps: ClosedRange<Int>
  }

  /// What a step does with the memory of a resident.
  enum Use: Int, Comparable {
    case free
    /// Made before, wanted later.
    case kept
    case read
    case written

    static func < (left: Use, right: Use) -> Bool { left.rawValue < right.rawValue }

    var mark: String {
      switch self {
      case .free: "·"
      case .kept: "░"
      case .read: "▒"
      case .written: "█"
      }
    }
  }

  let residents: [Resident]
  /// Bytes that the map spans.
  let byteCount: Int
  private let made: [[Int]]
  private let read: [[Int]]

  /// - Parameters:
  ///   - steps: the places in the graph of each step's operators.
  ///   - offsets: where each tensor begins; a tensor that is made and used up within one step has none there.
  init(_ graph: Graph, steps: [[Int]], offsets: [Int?]) {
    var roots = Array(graph.tensors.indices)
    for each in graph.operators {
      if case .reshape = each.kind { roots[each.output] = roots[each.inputs[0]] }
    }
    let made = steps.map { step in step.map { roots[graph.operators[$0].output] } }
    let read = steps.map { step in step.flatMap { graph.operators[$0].inputs.map { roots[$0] } } }
    var residents: [Resident] = []
    for root in graph.tensors.indices where roots[root] == root {
      guard let offset = offsets[root] else { continue }
      let makers = made.indices.filter { made[$0].contains(root) }
      let readers = read.indices.filter { read[$0].contains(root) }
      let first = makers.first ?? 0
      let last = roots[graph.output] == root ? steps.count - 1 : readers.last ?? first
      residents.append(
        Resident(
          tensor: root, offset: offset, byteCount: graph.tensors[root].byteCount,
          steps: first...max(first, last)))
    }
    self.made = made
    self.read = read
    self.residents = residents
    byteCount = residents.map { $0.offset + $0.byteCount }.max() ?? 0
  }

  /// What `step` does with the resident; `nil` where it holds nothing that is wanted.
  func use(of resident: Resident, in step: Int) -> Use? {
    guard resident.steps.contains(step) else { return nil }
    if made[step].contains(resident.tensor) { return .written }
    return read[step].contains(resident.tensor) ? .read : .kept
  }

  /// Bytes that hold something while `step` runs.
  func liveBytes(in step: Int) -> Int {
    residents.reduce(0) { $0 + ($1.steps.contains(step) ? $1.byteCount : 0) }
  }

  /// The arena from its first byte to its last, in `columns` parts; of what lies in one part the strongest use shows.
  func line(step: Int, columns: Int) -> [Use] {
    var line = [Use](repeating: .free, count: columns)
    guard byteCount > 0, columns > 0 else { return line }
    for resident in residents {
      guard let use = use(of: resident, in: step) else { continue }
      let first = resident.offset * columns / byteCount
      let end = (resident.offset + resident.byteCount) * columns
      for column in first..<max(first + 1, (end + byteCount - 1) / byteCount) {
        line[column] = max(line[column], use)
      }
    }
    return line
  }
}
