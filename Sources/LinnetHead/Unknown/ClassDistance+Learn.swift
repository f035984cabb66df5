internal import LinnetAlgebra

extension ClassDistance {
  /// The distances, and what they are for shots that were left out.
  struct Fit {
    let distance: ClassDistance
    /// n × classes: minus the distance of every shot when it and its group were not there.
    let heldOut: Matrix
  }

  /// - Parameter groups: of the shots; equal ones in a class count as one, their mean, and are held out together.
  static func fit(_ shots: Shots, groups: [Int?], treatment: EmbeddingTreatment) -> Fit {
    let order = shots.order
    let rows = treatment.matrix(of: [(shots.embeddings, shots.dimension, order)])
    let bundles = Bundles(
      rows, classOf: order.map { shots.classOf[$0] }, groups: order.map { groups[$0] },
      classCount: shots.classes.count)
    let covariance = Covariance(bundles)
    let (directions, floor) = (covariance.directions, covariance.floor)
    // What is measured later has the same error as what is kept.
    let means = KnownShots(bundles.classMeans)
    let metric = Metric(rows, bundles, classes: means.matrix, directions: directions, floor: floor)
    var heldOut = Matrix(rows: shots.count, columns: shots.classes.count)
    for (place, row) in order.enumerated() {
      for (column, distance) in metric.heldOut(place, bundles, covariance).enumerated() {
        heldOut[row, column] = -distance
      }
    }
    let distance = ClassDistance(
      treatment: treatment, means: means, directions: directions, images: metric.images, floor: floor)
    return Fit(distance: distance, heldOut: heldOut)
  }
}

/// Shots that stand for one: those of a class and a group together, any other by itself.
private struct Bundles {
  /// The bundle of every shot.
  let bundleOf: [Int]
  /// The class of every bundle.
  let classOf: [Int]
  /// Bundles of every class.
  let counts: [Int]
  /// A row a bundle: the mean of its shots.
  let means: Matrix
  /// A row a class: the mean of its bundles.
  let classMeans: Matrix

  init(_ rows: Matrix, classOf classes: [Int], groups: [Int?], classCount: Int) {
    var numbers: [[Int]: Int] = [:]
    var (bundleOf, classOf, sizes): ([Int], [Int], [Int]) = ([], [], [])
    for (row, place) in classes.enumerated() {
      let key = groups[row].map { [place, $0] } ?? [place, -1, row]
      let bundle = numbers[key, default: sizes.count]
      if bundle == sizes.count {
        numbers[key] = bundle
        sizes.append(0)
        classOf.append(place)
      }
      sizes[bundle] += 1
      bundleOf.append(bundle)
    }
    var counts = [Int](repeating: 0, count: classCount)
    for place in classOf { counts[place] += 1 }
    var means = rows
    if sizes.count < rows.rows {
      means = Matrix(rows: sizes.count, columns: rows.columns)
      for (row, bundle) in bundleOf.enumerated() {
        means.add(1 / Float(sizes[bundle]), rows, row: row, to: bundle)
      }
    }
    var classMeans = Matrix(rows: classCount, columns: rows.columns)
    for (bundle, place) in classOf.enumerated() {
      classMeans.add(1 / Float(counts[place]), means, row: bundle, to: place)
    }
    (self.bundleOf, self.classOf, self.counts) = (bundleOf, classOf, counts)
    (self.means, self.classMeans) = (means, classMeans)
  }
}

/// `A = f · DᵀD + εI`, from the differences D between bundles and their class means.
private struct Covariance {
  /// Most differences that the covariance is made of: time and memory grow with them. Of fewer than there are, held-out
  /// distances come out a little small, and the threshold refuses up to twice as many known embeddings as it is asked to.
  private static let mostDifferences = 128
  /// ε in units of the covariance's mean eigenvalue among those that shots tell of.
  private static let shrinkage: Float = 0.3

  /// Bundles of whose differences it is made.
  private let picked: Set<Int>
  /// Those are all that there are.
  private let isWhole: Bool
  /// f.
  private let factor: Float
  /// As ``ClassDistance/directions``.
  let directions: KnownShots?
  /// ε.
  let floor: Float

  init(_ bundles: Bundles) {
    let replaceable = bundles.classOf.indices.filter { bundles.counts[bundles.classOf[$0]] > 1 }
    let count = min(replaceable.count, Covariance.mostDifferences)
    let picked = (0..<count).map { replaceable[$0 * replaceable.count / count] }
    var differences = bundles.means.rows(at: picked)
    for (row, bundle) in picked.enumerated() {
      differences.add(-1, bundles.classMeans, row: bundles.classOf[bundle], to: row)
    }
    let freedom = Float(max(bundles.classOf.count - bundles.counts.count, 1))
    factor = Float(replaceable.count) / Float(max(count, 1)) / freedom
    let spread = factor * Float(differences.dot(differences))
    floor = max(Covariance.shrinkage * spread / min(freedom, Float(differences.columns)), 1e-6)
    self.picked = Set(picked)
    isWhole = count == replaceable.count
    guard count > 0 else {
      directions = nil
      return
    }
    var inner = differences.timesTransposed(differences, isSymmetric: true)
    for place in 0..<count { inner[place, place] += floor / factor }
    LinearMetric(inner).whitenColumns(&differences)
    directions = KnownShots(differences)
  }

  /// What the square of a bundle's difference loses when the bundle goes, one of `others` + 1 of its class: of the whole
  /// class's differences, which sum to nothing, those of the others shrink too; of some of them only its own is taken.
  func loss(of bundle: Int, others: Float) -> Float {
    guard picked.contains(bundle), others > 0 else { return 0 }
    return isWhole ? factor * (others + 1) / others : factor
  }
}

/// Inner products `aᵀA⁻¹b` among shots, bundles and class means.
private struct Metric {
  let shotsWithClasses: Matrix
  let bundlesWithClasses: Matrix
  let amongClasses: Matrix
  let ofShots: [Float]
  let ofBundles: [Float]
  let shotsWithBundles: [Float]
  /// As ``ClassDistance/images``.
  let images: [Float]

  init(_ rows: Matrix, _ bundles: Bundles, classes: Matrix, directions: KnownShots?, floor: Float) {
    let kept = directions?.matrix ?? Matrix(rows: 0, columns: rows.columns)
    let ofRows = rows.timesTransposed(kept)
    // Where no shot stands for others, bundles are shots.
    let ofBundles = bundles.means.rows == rows.rows ? ofRows : bundles.means.timesTransposed(kept)
    let images = [ofRows, ofBundles, classes.timesTransposed(kept)]
    func products(_ a: Matrix, _ b: Matrix, _ imageOfA: Matrix, _ imageOfB: Matrix) -> Matrix {
      var result = a.timesTransposed(b)
      result.add(-1, imageOfA.timesTransposed(imageOfB))
      result.scale(1 / floor)
      return result
    }
    shotsWithClasses = products(rows, classes, images[0], images[2])
    bundlesWithClasses =
      bundles.means.rows == rows.rows
      ? shotsWithClasses : products(bundles.means, classes, images[1], images[2])
    amongClasses = products(classes, classes, images[2], images[2])
    ofShots = (0..<rows.rows).map {
      (rows.dot(row: $0, rows, row: $0) - images[0].dot(row: $0, images[0], row: $0)) / floor
    }
    self.ofBundles = (0..<bundles.means.rows).map {
      (bundles.means.dot(row: $0, bundles.means, row: $0) - images[1].dot(row: $0, images[1], row: $0))
        / floor
    }
    shotsWithBundles = bundles.bundleOf.enumerated().map { row, bundle in
      (rows.dot(row: row, bundles.means, row: bundle) - images[0].dot(row: row, images[1], row: bundle))
        / floor
    }
    self.images = (0..<classes.rows).flatMap {
      images[2].elements(of: $0) + [classes.dot(row: $0, classes, row: $0)]
    }
  }

  /// The distances of a shot to all classes when its bundle z is neither in the mean m of its class of k bundles nor in the
  /// covariance. With d = z − m that mean becomes m − d / (k − 1), and A loses `g · ddᵀ` (``Covariance/loss(of:others:)``), so that
  /// by Sherman and Morrison's formula `vᵀA⁻¹v` grows by `g (vᵀA⁻¹d)² / (1 − g dᵀA⁻¹d)`.
  func heldOut(_ shot: Int, _ bundles: Bundles, _ covariance: Covariance) -> [Float] {
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
