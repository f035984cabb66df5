/// When a head is to say that it knows nothing of an embedding.
public struct UnknownRecipe: Hashable, Sendable {
  /// Nothing is ever unknown.
  public var isNever = false
  /// The share of strangers that may be taken for one of the classes; `nil`: no more known pictures are refused than
  /// ``refusedShare`` and, where background pictures tell, ``greatestRefusedShare``.
  public var falseAcceptRate: Float?
  /// The share of known pictures that is refused where nothing asks for more.
  public var refusedShare: Float = 0.05
  /// The share of known pictures that may be refused to keep ``usualFalseAcceptRate`` of background pictures out.
  public var greatestRefusedShare: Float = 0.14

  /// The share of background pictures that may be taken for one of the classes when nothing else is asked for.
  static let usualFalseAcceptRate: Float = 0.02

  public init() {}
}
