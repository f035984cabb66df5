internal import LinnetAlgebra

/// How a head tells what it knows from what it does not: one score from several, each in units of its own deviation over
/// shots that were held out.
///
/// No simple score wins everywhere. Between classes that are alike, the head's own score tells most; further away from them,
/// the distance to the classes does, and a background (``PseudoBackground``, or pictures of it) even more. The score is
/// `Σ weight · min((x − mean) / deviation, cap)` over ``terms``. A cap makes a term count only against: an embedding that looks
/// no more like background than shots do gains nothing by it, but one that does is lost.
struct UnknownRule: Hashable, Sendable {
  /// What is measured of an embedding.
  enum Measure: String, CaseIterable, Hashable, Sendable {
    /// The greatest probability at temperature 1.
    case probability
    /// The greatest score of the head.
    case score
    /// The cosine to the nearest class mean.
    case cosine
    /// Minus the distance to the nearest class (``ClassDistance``).
    case nearness
    /// How little a ridge regression between shots and background takes it for background.
    case foreground
    /// The greatest score of a class in the same regression.
    case likeness
    /// The mean cosine to the nearest background pictures, negative.
    case elsewhere
    /// How much the last tapped map differs from place to place (``MapContrast``).
    case contrast
    /// How much more it does than the first.
    case rise
  }

  struct Term: Hashable, Sendable {
    var measure: Measure
    var mean: Float = 0
    /// Above zero.
    var deviation: Float = 1
    var weight: Float = 1
    /// In deviations from the mean; `nil`: none.
    var cap: Float?
  }

  /// At least one.
  var terms: [Term]
  /// What `nearness` measures with.
  var distance: ClassDistance?
  /// What `elsewhere` compares with.
  var background: BackgroundPictures?
  /// What `foreground` and `likeness` ask.
  var regression: BackgroundRegression?
  /// Where `contrast` and `rise` are measured.
  var contrast: MapContrast?

  /// Of a head that knows class means and no more: the cosine to the nearest and a share of the greatest probability.
  static let plain = UnknownRule(
    terms: [
      Term(measure: .cosine), Term(measure: .probability, weight: Head.probabilityShare),
    ])
  /// Of a network's own classifier.
  static let probability = UnknownRule(terms: [Term(measure: .probability)])

  init(terms: [Term]) { self.terms = terms }

  /// The score from what was measured.
  func score(_ measured: (Measure) -> Float) -> Float {
    var total: Float = 0
    for term in terms {
      let value = (measured(term.measure) - term.mean) / term.deviation
      total += term.weight * (term.cap.map { min(value, $0) } ?? value)
    }
    return total
  }
}
