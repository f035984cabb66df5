/// When a head is to say that it knows nothing of an embedding.
public struct UnknownRecipe: Hashable, Sendable {
  /// Nothing is ever unknown.
  public var isNever = false
  /// The share of strangers that may be taken for one of the classes; `nil`: no more known pictures are refused than
  /// ``refusedShare`` and, where background pictures tell, ``greatestRefusedShare``.
  public var falseAcceptRate: Float?
  /// The share of known pictures that is refused where nothing asks for more.
  public var refusedShare: Float = 0.05
  /// The share of known pictures that may be refused to keep background pictures out.
  public var greatestRefusedShare: Float = 0.14

  /// Where the threshold is wanted when nothing else is asked for: this many deviations of what held-out background pictures
  /// score above their mean. Of some twenty, mean and deviation say more than the greatest few.
  static let usualDistance: Float = 1.8

  public init() {}
}
