public import LinnetTensor

/// What one step of a session does, for people.
public struct StepDescription: Sendable {
  /// The operator's name in the model.
  public let name: String
  /// The operator's kind, as in the model file.
  public let kind: String
  /// The kernel's symbol.
  public let kernel: String
  public let output: Shape
  public let multiplyAccumulates: Int
}
