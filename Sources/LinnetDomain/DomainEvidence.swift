internal import LinnetAlgebra

/// What speaks for labels given to unlabelled frames and what against them, measured without their true ones.
///
/// Sharing frames out presumes that every class is among them. Where one is not, others are pushed into it, and labels
/// look tidy that are wrong. No number shows this for certain; these four together rule out most of it.
public struct DomainEvidence: Hashable, Sendable {
  /// A number with the labels of the head as it is, and with the new ones.
  public struct Change: Hashable, Sendable {
    public var before: Double
    public var after: Double
  }

  /// How evenly the frames spread over the classes once each class's scores are moved to the same mean: the entropy of
  /// their shares over that of equal ones (Pielou, "The measurement of diversity in different types of biological
  /// collections", 1966). Low where classes are missing.
  public var evenness: Double
  /// The share of what a frame's label tells that its most similar frames tell already.
  public var explained: Change
  /// Reverse validation (Zhong, Fan, Yang, Verscheure, Ren, "Cross Validation Framework to Choose Amongst Models and
  /// Datasets for Transfer Learning", 2010): the share of the shots of a class, on average over classes, that the means of
  /// the labelled frames recognise; 0 by chance.
  public var reverse: Change
  /// The Kullback-Leibler divergence of the classes' shares by the head as it is from the new ones, in nats: great where
  /// that head calls nearly everything by a few names.
  public var divergence: Double

  /// How well captures, frames and new labels fit together: the share of shots that the frames recognise and the share of
  /// labels that neighbours tell. Either may be less where the other is more.
  public var fit: Double { reverse.after + explained.after }

  /// How clearly the frames speak for new labels: twice what neighbours tell of them, and the divergence, up to 1.2 nats. A
  /// head that calls nearly everything by a few names is not worth keeping though the new labels are less clear.
  public var clarity: Double { 2 * explained.after + min(divergence, 1.2) }

  /// Whether something says which heap of frames is which. A head that knows the frames no better than chance does not; that
  /// captures fit the new names does, unless there are few ways to deal names out: of four classes 24, of five 120.
  func anchorsNames(ofClasses count: Int) -> Bool {
    reverse.before >= DomainEvidence.leastReverse || count > DomainEvidence.fewClasses
  }

  static let leastEvenness = 0.8
  static let leastReverse = 0.02
  static let fewClasses = 4
  static let leastFit = 0.85
  static let leastClarity = 1.3
  static let leastDivergence = 0.15
  /// With fewer frames in all, or a class, neither the classes' shares nor a frame's neighbours say much.
  static let (leastFrames, framesPerClass) = (70, 5)
}

extension DomainAdapter {
  /// - Parameters:
  ///   - labels: new ones, one a frame.
  ///   - plain: of the head as it is.
  func evidence(for labels: [Int], plain: [Int], centred: [Int], _ domains: Domains) -> DomainEvidence {
    let near = Neighbourhood(domains.target.normalised(), count: 7)
    let classCount = domains.classCount
    let (before, after) = (shares(plain, classCount), shares(labels, classCount))
    // Half a frame is added to each class, so that an empty one has a logarithm.
    let count = Double(labels.count)
    func smooth(_ share: Double) -> Double { (share * count + 0.5) / (count + 0.5 * Double(classCount)) }
    let divergence = zip(before, after).reduce(0.0) { sum, pair in
      sum + smooth(pair.0) * logarithm(smooth(pair.0) / smooth(pair.1))
    }
    return DomainEvidence(
      evenness: entropy(shares(centred, classCount)) / logarithm(Double(classCount)),
      explained: .init(
        before: near.explained(plain, classCount: classCount),
        after: near.explained(labels, classCount: classCount)),
      reverse: .init(before: reverse(plain, domains), after: reverse(labels, domains)),
      divergence: divergence)
  }

  /// The mean over classes of the share of shots that the means of the frames with these labels recognise, such that chance
  /// has 0.
  private func reverse(_ labels: [Int], _ domains: Domains) -> Double {
    let theirs = Moments(domains.target)
    let ours = domains.hasFewShots ? theirs : Moments(domains.source)
    let samples = ours.standardised(domains.source).normalised()
    let frames = theirs.standardised(domains.target).normalised()
    var means = Matrix(rows: domains.classCount, columns: frames.columns)
    for (frame, place) in labels.enumerated() { means.add(1, frames, row: frame, to: place) }
    let present = Set(labels).sorted()
    let cosines = samples.timesTransposed(means.normalised())
    var right = [Double](repeating: 0, count: domains.classCount)
    var all = right
    for (shot, place) in domains.classOf.enumerated() {
      all[place] += 1
      var best = present[0]
      for other in present where cosines[shot, other] > cosines[shot, best] { best = other }
      if best == place { right[place] += 1 }
    }
    let known = all.indices.filter { all[$0] > 0 }
    let recall = known.reduce(0.0) { $0 + right[$1] / all[$1] } / Double(max(known.count, 1))
    let chance = 1 / Double(domains.classCount)
    return (recall - chance) / (1 - chance)
  }
}

/// The share of every class.
func shares(_ labels: [Int], _ classCount: Int) -> [Double] {
  var counts = [Double](repeating: 0, count: classCount)
  for label in labels { counts[label] += 1 }
  return counts.map { $0 / Double(max(labels.count, 1)) }
}

/// In nats.
func entropy(_ shares: [Double]) -> Double {
  shares.reduce(0) { $1 > 0 ? $0 - $1 * logarithm($1) : $0 }
}
