// Made by toolchain/heads/make-measures with scikit-learn and SciPy; not to be edited.

/// Figures of answers that ``MeasuresTests`` makes as well.
enum MeasuresReference {
  static let accuracy = 0.5416666666666666
  static let balancedAccuracy = 0.5386904761904762
  static let recall = [0.571428571, 0.392857143, 0.583333333, 0.607142857, 0.0]
  static let precision = [0.571428571, 0.647058824, 0.65625, 0.607142857, 0.0]
  static let f1 = [0.571428571, 0.488888889, 0.617647059, 0.607142857, 0.0]
  static let areas = [0.897515528, 0.86878882, 0.896825397, 0.896350932]
  static let brier = 0.5334189156204249
  static let calibrationError = 0.13823782702287038
  static let openSetArea = 0.621
  /// Share of the known accepted where at most 0, 10 … 100 % of the unknown are.
  static let curve = [0.0375, 0.2, 0.3625, 0.5, 0.5375, 0.65, 0.7875, 0.9, 0.9125, 1.0, 1.0]
  /// Pictures that one alone answered right, the other alone, and the two-sided probability.
  static let mcNemar: [(Int, Int, Double)] = [
    (0, 0, 1.0),
    (1, 0, 1.0),
    (3, 9, 0.14599609375),
    (20, 40, 0.01348929373119186),
    (500, 560, 0.06990955946026937),
    (5, 2000, 0.0),
  ]
  static let signFlip = 0.005859375
  /// Of 200 000 random flips.
  static let signFlipOfMany = 0.4229878850605747
}
