public import LinnetTensor

/// What one step of a session does, for people.
public struct StepDescription: Sendable {
  /// The operator's place in the model's graph. A concatenation is a step for each of its inputs, a reshape none.
  public let operatorIndex: Int
  /// The operator's name in the model.
  public let name: String
  /// The operator's kind, as in the model file.
  public let kind: String
  /// The kernel's symbol.
  public let kernel: String
  public let output: Shape
  public let multiplyAccumulates: Int
}
