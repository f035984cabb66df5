internal import LinnetAlgebra
internal import LinnetHead

/// How far frames lie from shots beside what different pictures and different proportions of classes make.
public struct DomainShift: Hashable, Sendable {
  /// The squared distance of the frames' class means from the shots', averaged over classes before it is squared, of
  /// square-rooted embeddings of unit length.
  public var squaredDistance: Double
  /// What that would be on average were both from one world: the variance of the means of so many pictures.
  public var expected: Double

  /// Whether it is another world: four times what chance makes, and far enough to matter.
  public var isClear: Bool { squaredDistance > 4 * expected && squaredDistance > 0.04 }

  /// - Parameters:
  ///   - source: a row a shot, of unit length.
  ///   - target: a row a frame, of unit length.
  ///   - probabilities: class × frame, by the head as it is.
  init(source: Matrix, classOf: [Int], target: Matrix, probabilities: Matrix) {
    let (classes, width) = (probabilities.rows, source.columns)
    var counts = [Double](repeating: 0, count: classes)
    for place in classOf { counts[place] += 1 }
    var means = Matrix(rows: classes, columns: width)
    for (row, place) in classOf.enumerated() {
      means.add(Float(1 / counts[place]), source, row: row, to: place)
    }
    let masses = (0..<classes).map { place in
      (0..<target.rows).reduce(0.0) { $0 + Double(probabilities[place, $1]) }
    }
    let present = (0..<classes).filter { masses[$0] > 0.5 && counts[$0] > 0 }
    var theirs = Matrix(rows: classes, columns: width)
    for place in present {
      for frame in 0..<target.rows {
        theirs.add(probabilities[place, frame] / Float(masses[place]), target, row: frame, to: place)
      }
    }
    var difference = [Double](repeating: 0, count: width)
    for place in present {
      for column in 0..<width { difference[column] += Double(theirs[place, column] - means[place, column]) }
    }
    let number = Double(max(present.count, 1))
    squaredDistance = difference.reduce(0) { $0 + $1 * $1 / number / number }
    // Squared length less that of the mean is the variance within a class.
    func length(_ rows: Matrix, _ row: Int) -> Double { Double(rows.dot(row: row, rows, row: row)) }
    var spreadOfFrames = 0.0
    for place in present {
      var squares = 0.0
      for frame in 0..<target.rows {
        squares += Double(probabilities[place, frame]) * length(target, frame)
      }
      spreadOfFrames += max(squares / masses[place] - length(theirs, place), 0) / number
    }
    var spreadOfShots = 0.0
    var hasSeveral = false
    for place in 0..<classes where counts[place] > 1 {
      hasSeveral = true
      var squares = 0.0
      for (row, own) in classOf.enumerated() where own == place { squares += length(source, row) }
      let within = max(squares / counts[place] - length(means, place), 0)
      spreadOfShots += within * counts[place] / (counts[place] - 1) / Double(classes)
    }
    if !hasSeveral { spreadOfShots = spreadOfFrames }
    expected = present.reduce(0) {
      $0 + (spreadOfShots / counts[$1] + spreadOfFrames / masses[$1]) / number / number
    }
  }
}
