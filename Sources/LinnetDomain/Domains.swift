internal import LinnetAlgebra
internal import LinnetHead

/// Shots and frames as the methods see them: the selected numbers of each embedding, square-rooted.
struct Domains {
  /// Blocks and power only.
  let treatment: EmbeddingTreatment
  let shots: Shots
  let frames: Frames
  /// A row a shot.
  let source: Matrix
  /// A row a frame.
  let target: Matrix

  init(_ shots: Shots, _ frames: Frames, treatment: EmbeddingTreatment) {
    self.treatment = treatment
    self.shots = shots
    self.frames = frames
    source = treatment.matrix(of: shots.embeddings, dimension: shots.dimension)
    target = treatment.matrix(of: frames.embeddings, dimension: frames.dimension)
  }

  /// The treatment that selects `blocks` and takes square roots, without making anything of unit length.
  static func rooted(_ blocks: [EmbeddingTreatment.Block]) -> EmbeddingTreatment {
    EmbeddingTreatment(
      blocks: blocks.map { .init(range: $0.range, power: .squareRoot) }, isNormalised: false)
  }

  var classCount: Int { shots.classes.count }
  var classOf: [Int] { shots.classOf }

  /// With a shot or two a class, their mean and deviation are rather those of these pictures than of their world.
  var hasFewShots: Bool { shots.count < 4 * classCount }

  /// What every shot counts so that classes weigh the same, 1 on average.
  var balancedWeights: [Float] {
    let counts = shots.counts
    return shots.classOf.indices.map { shot in
      let count = counts[shots.classOf[shot]]
      let own = shots.weights?[shot] ?? 1
      return own * Float(shots.count) / Float(classCount * max(count, 1))
    }
  }

  /// The embeddings that have these rows of square roots, everything that is not selected as `shots` has it.
  func embeddings(from rooted: Matrix) -> [Float] {
    var result = shots.embeddings
    for row in 0..<rooted.rows {
      var column = 0
      for block in treatment.blocks {
        for place in block.range {
          let root = rooted[row, column]
          result[row * shots.dimension + place] = root < 0 ? -root * root : root * root
          column += 1
        }
      }
    }
    return result
  }
}

/// The mean and the deviation of every column.
struct Moments: Equatable {
  var centre: [Float]
  /// Above zero: a twentieth of the mean deviation is added to each, so that a number that hardly varies is not made great.
  var deviation: [Float]

  /// - Parameter weights: what every row counts, 1 on average; `nil`: all the same.
  init(_ rows: Matrix, weights: [Float]? = nil) {
    let count = Double(max(rows.rows, 1))
    var sums = [Double](repeating: 0, count: rows.columns)
    var squares = sums
    for row in 0..<rows.rows {
      let weight = Double(weights?[row] ?? 1)
      for column in 0..<rows.columns { sums[column] += weight * Double(rows[row, column]) }
    }
    let means = sums.map { $0 / count }
    for row in 0..<rows.rows {
      let weight = Double(weights?[row] ?? 1)
      for column in 0..<rows.columns {
        let rest = Double(rows[row, column]) - means[column]
        squares[column] += weight * rest * rest
      }
    }
    let deviations = squares.map { ($0 / count).squareRoot() }
    let floor = 0.05 * deviations.reduce(0, +) / Double(max(rows.columns, 1)) + 1e-9
    centre = means.map(Float.init)
    deviation = deviations.map { Float($0 + floor) }
  }

  /// (x − centre) / deviation.
  func standardised(_ rows: Matrix) -> Matrix {
    var result = rows
    for row in 0..<rows.rows {
      for column in 0..<rows.columns {
        result[row, column] = (rows[row, column] - centre[column]) / deviation[column]
      }
    }
    return result
  }

  /// x · deviation + centre.
  func restored(_ rows: Matrix) -> Matrix {
    var result = rows
    for row in 0..<rows.rows {
      for column in 0..<rows.columns {
        result[row, column] = rows[row, column] * deviation[column] + centre[column]
      }
    }
    return result
  }
}

extension Matrix {
  /// Every row divided by its Euclidean length; zero stays zero.
  func normalised() -> Matrix {
    var result = self
    for row in 0..<rows {
      let squares = dot(row: row, self, row: row)
      guard squares > 0 else { continue }
      let factor = 1 / squares.squareRoot()
      for column in 0..<columns { result[row, column] *= factor }
    }
    return result
  }

  /// Every number above zero to the power of ½, others to zero; applied to square roots it makes fourth roots.
  func rooted() -> Matrix {
    var result = self
    for row in 0..<rows {
      for column in 0..<columns { result[row, column] = max(self[row, column], 0).squareRoot() }
    }
    return result
  }

  /// These rows, in this order.
  func selecting(_ places: [Int]) -> Matrix {
    var result = Matrix(rows: places.count, columns: columns)
    for (row, place) in places.enumerated() {
      for column in 0..<columns { result[row, column] = self[place, column] }
    }
    return result
  }

  /// The rows of this, then those of the other.
  func appending(_ other: Matrix) -> Matrix {
    var result = Matrix(rows: rows + other.rows, columns: columns)
    for row in 0..<rows { for column in 0..<columns { result[row, column] = self[row, column] } }
    for row in 0..<other.rows {
      for column in 0..<columns { result[rows + row, column] = other[row, column] }
    }
    return result
  }
}
