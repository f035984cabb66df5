internal import LinnetAlgebra

extension ClassDistance {
  /// The distances, and what they are for shots that were left out.
  struct Fit {
    let distance: ClassDistance
    /// n × classes: minus the distance of every shot when it and its group were not there.
    let heldOut: Matrix
  }

  /// - Parameters:
  ///   - groups: of the shots; equal ones in a class count as one, their mean, and are held out together.
  ///   - treated: the shots under the treatment, where they are there already.
  static func fit(
    _ shots: Shots, groups: [Int?], treatment: EmbeddingTreatment, treated: Matrix? = nil
  ) -> Fit {
    let rows = treated ?? treatment.matrix(of: shots.embeddings, dimension: shots.dimension)
    let bundles = Bundles(shots, groups)
    var classMeans = bundles.classMeans(rows)
    var differences = bundles.differences(rows, classMeans, bundles.picked)
    // What is measured later has the same error as what is kept.
    let means = KnownShots(rounding: &classMeans)
    let covariance = Covariance(bundles, differences)
    let geometry = Geometry(rows, bundles, classMeans, differences, covariance)
    covariance.metric.whitenColumns(&differences)
    let directions = differences.rows > 0 ? KnownShots(rounding: &differences) : nil
    let along = classMeans.timesTransposed(differences)
    let distance = ClassDistance(
      treatment: treatment, means: means, directions: directions,
      images: (0..<classMeans.rows).flatMap {
        along.elements(of: $0) + [classMeans.dot(row: $0, classMeans, row: $0)]
      }, floor: covariance.floor)
    return Fit(distance: distance, heldOut: geometry.heldOut(bundles, covariance))
  }
}

/// Shots that stand for one, their mean: those of a class and a group together, any other by itself. In one order, whatever
/// order the shots came in.
private struct Bundles {
  /// Most differences that the covariance is made of: time and memory grow with them. Of fewer than there are, held-out
  /// distances come out a little small, and the threshold refuses up to twice as many known embeddings as it is asked to.
  private static let mostDifferences = 128

  /// The shots of every bundle.
  private(set) var members: [[Int]] = []
  /// The class of every bundle.
  private(set) var classOf: [Int] = []
  /// The bundle of every shot.
  private(set) var bundleOf: [Int]
  /// Bundles of every class.
  let counts: [Int]
  /// Bundles whose class has others.
  let replaceable: [Int]
  /// Those of whose differences the covariance is made.
  let picked: [Int]

  init(_ shots: Shots, _ groups: [Int?]) {
    var numbers: [[Int]: Int] = [:]
    bundleOf = [Int](repeating: 0, count: shots.count)
    for row in shots.order {
      let place = shots.classOf[row]
      let key = groups[row].map { [place, $0] } ?? [place, -1, row]
      let bundle = numbers[key, default: members.count]
      if bundle == members.count {
        numbers[key] = bundle
        members.append([])
        classOf.append(place)
      }
      members[bundle].append(row)
      bundleOf[row] = bundle
    }
    var counts = [Int](repeating: 0, count: shots.classes.count)
    for place in classOf { counts[place] += 1 }
    let replaceable = classOf.indices.filter { [classOf] in counts[classOf[$0]] > 1 }
    let count = min(replaceable.count, Bundles.mostDifferences)
    picked = (0..<count).map { replaceable[$0 * replaceable.count / count] }
    (self.counts, self.replaceable) = (counts, replaceable)
  }

  /// What every bundle has of something linear that every shot has, a row each.
  func averaged(_ ofShots: Matrix) -> Matrix {
    var result = Matrix(rows: members.count, columns: ofShots.columns)
    for (bundle, rows) in members.enumerated() {
      for row in rows { result.add(1 / Float(rows.count), ofShots, row: row, to: bundle) }
    }
    return result
  }

  /// The mean of every class's bundles.
  func classMeans(_ ofShots: Matrix) -> Matrix {
    var result = Matrix(rows: counts.count, columns: ofShots.columns)
    for (rows, place) in zip(members, classOf) {
      for row in rows { result.add(1 / Float(counts[place] * rows.count), ofShots, row: row, to: place) }
    }
    return result
  }

  /// Between some bundles and the means of their classes.
  func differences(_ ofShots: Matrix, _ classMeans: Matrix, _ bundles: [Int]) -> Matrix {
    var result = Matrix(rows: bundles.count, columns: ofShots.columns)
    for (place, bundle) in bundles.enumerated() {
      let rows = members[bundle]
      for row in rows { result.add(1 / Float(rows.count), ofShots, row: row, to: place) }
      result.add(-1, classMeans, row: classOf[bundle], to: place)
    }
    return result
  }
}

/// `A = f · DᵀD + εI`, from the differences D between bundles and their class means.
private struct Covariance {
  /// ε in units of the covariance's mean eigenvalue among those that shots tell of.
  private static let shrinkage: Float = 0.3

  /// Bundles of whose differences it is made.
  private let picked: Set<Int>
  /// Those are all that there are.
  private let isWhole: Bool
  /// f.
  private let factor: Float
  /// ε.
  let floor: Float
  /// L⁻¹, where `LLᵀ = DDᵀ + (ε/f) I`.
  let metric: LinearMetric

  init(_ bundles: Bundles, _ differences: Matrix) {
    let count = differences.rows
    let freedom = Float(max(bundles.classOf.count - bundles.counts.count, 1))
    factor = Float(bundles.replaceable.count) / Float(max(count, 1)) / freedom
    let spread = factor * Float(differences.dot(differences))
    floor = max(Covariance.shrinkage * spread / min(freedom, Float(differences.columns)), 1e-6)
    picked = Set(bundles.picked)
    isWhole = count == bundles.replaceable.count
    var inner = differences.timesTransposed(differences, isSymmetric: true)
    for place in 0..<count { inner[place, place] += floor / factor }
    metric = LinearMetric(inner)
  }

  /// What the square of a bundle's difference loses when the bundle goes, one of `others` + 1 of its class: of the whole
  /// class's differences, which sum to nothing, those of the others shrink too; of some of them only its own is taken.
  func loss(of bundle: Int, others: Float) -> Float {
    guard picked.contains(bundle), others > 0 else { return 0 }
    return isWhole ? factor * (others + 1) / others : factor
  }
}

/// Inner products `aᵀA⁻¹b = (aᵀb − (L⁻¹Da)ᵀ(L⁻¹Db)) / ε` among shots, bundles and class means.
private struct Geometry {
  let shotsWithClasses: Matrix
  let bundlesWithClasses: Matrix
  let amongClasses: Matrix
  /// Of every shot with itself.
  let ofShots: [Float]
  /// Of every bundle with itself.
  let ofBundles: [Float]
  /// Of every shot with its bundle.
  let shotsWithBundles: [Float]

  init(
    _ rows: Matrix, _ bundles: Bundles, _ classMeans: Matrix, _ differences: Matrix, _ covariance: Covariance
  ) {
    let images = covariance.metric.whitened(rows.timesTransposed(differences))
    let classImages = covariance.metric.whitened(classMeans.timesTransposed(differences))
    func products(_ a: Matrix, _ imageOfA: Matrix) -> Matrix {
      var result = a.timesTransposed(classMeans)
      result.add(-1, imageOfA.timesTransposed(classImages))
      result.scale(1 / covariance.floor)
      return result
    }
    func product(_ a: Int, _ b: Int) -> Float {
      (rows.dot(row: a, rows, row: b) - images.dot(row: a, images, row: b)) / covariance.floor
    }
    let shotsWithClasses = products(rows, images)
    bundlesWithClasses = bundles.averaged(shotsWithClasses)
    amongClasses = products(classMeans, classImages)
    ofShots = (0..<rows.rows).map { product($0, $0) }
    let shotsWithBundles = bundles.bundleOf.enumerated().map { row, bundle in
      let mates = bundles.members[bundle]
      return mates.reduce(0) { $0 + product(row, $1) } / Float(mates.count)
    }
    ofBundles = bundles.members.map { rows in
      rows.reduce(0) { $0 + shotsWithBundles[$1] } / Float(rows.count)
    }
    (self.shotsWithClasses, self.shotsWithBundles) = (shotsWithClasses, shotsWithBundles)
  }

  /// n × classes: ``ClassDistance/Fit/heldOut``.
  func heldOut(_ bundles: Bundles, _ covariance: Covariance) -> Matrix {
    var result = Matrix(rows: shotsWithClasses.rows, columns: amongClasses.rows)
    for shot in bundles.bundleOf.indices {
      for (place, distance) in distances(shot, bundles, covariance).enumerated() {
        result[shot, place] = -distance
      }
    }
    return result
  }

  /// The distances of a shot to all classes when its bundle z is neither in the mean m of its class of k bundles nor in the
  /// covariance. With d = z − m that mean becomes m − d / (k − 1), and A loses `g · ddᵀ` (``Covariance/loss(of:others:)``), so that
  /// by Sherman and Morrison's formula `vᵀA⁻¹v` grows by `g (vᵀA⁻¹d)² / (1 − g dᵀA⁻¹d)`.
  private func distances(_ shot: Int, _ bundles: Bundles, _ covariance: Covariance) -> [Float] {
    let bundle = bundles.bundleOf[shot]
    let own = bundles.classOf[bundle]
    let others = Float(bundles.counts[own] - 1)
    let square = ofBundles[bundle] - 2 * bundlesWithClasses[bundle, own] + amongClasses[own, own]
    let lost = covariance.loss(of: bundle, others: others)
    let growth = lost / max(1 - lost * square, 1e-3)
    return (0..<amongClasses.rows).map { place in
      var distance =
        ofShots[shot] - 2 * shotsWithClasses[shot, place] + amongClasses[place, place]
      var along =
        shotsWithBundles[shot] - shotsWithClasses[shot, own] - bundlesWithClasses[bundle, place]
        + amongClasses[place, own]
      if place == own, others > 0 {
        distance += 2 * along / others + square / (others * others)
        along += square / others
      }
      return distance + growth * along * along
    }
  }
}
