internal import LinnetModel
public import LinnetTensor

/// What one stage of a session does, for people: an operator of the network.
public struct StageDescription: Sendable {
  /// The operator's name in the model.
  public let name: String
  /// The operator's kind, as in the model file.
  public let kind: String
  /// The kernel's symbol.
  public let kernel: String
  public let output: Shape
  public let multiplyAccumulates: Int
  /// The operator's index in the graph.
  public let operatorIndex: Int
  /// The step that it belongs to.
  public let step: Int

  init(_ graph: Graph, _ index: Int, kernel: String, step: Int) {
    let source = graph.operators[index]
    name = source.name
    kind = source.kind.name
    self.kernel = kernel
    output = graph.tensors[source.output].shape
    multiplyAccumulates = graph.multiplyAccumulates(of: source)
    operatorIndex = index
    self.step = step
  }
}

/// One step of a session's plan, for people: stages that a thread runs without waiting for others.
public struct StepDescription: Sendable {
  /// Indices of the session's stages.
  public let stages: Range<Int>
  /// How threads share the step: "one thread", "positions", "rows" or "channels".
  public let division: String
  /// Output rows of the last stage that all stages compute before the next rows; `nil` where stages run whole.
  public let stripRows: Int?
  /// For every stage but the last, the rows of its output that a thread keeps; empty where tensors lie in the arena.
  public let ringRows: [Int]
  /// Bytes of those rings.
  public let ringBytes: Int

  init(_ step: ExecutionPlan.Step, stages: Range<Int>, ringRows: [Int], _ ringBytes: Int) {
    self.stages = stages
    self.ringRows = ringRows.reversed()
    self.ringBytes = ringBytes
    switch step.division {
    case .none: (division, stripRows) = ("one thread", nil)
    case .positions: (division, stripRows) = ("positions", nil)
    case .channels: (division, stripRows) = ("channels", nil)
    case .rows(let strip): (division, stripRows) = ("rows", step.operators.count > 1 ? strip : nil)
    }
  }
}
