internal import LinnetAlgebra

/// The steps of an ``Optimiser`` for one matrix of parameters, with what it remembers from step to step.
struct Descent {
  private static let momentum: Float = 0.9
  /// Adam's decay of the gradient's mean and of its square's.
  private static let (firstDecay, secondDecay): (Float, Float) = (0.9, 0.999)
  private static let smallest: Float = 1e-8

  private let optimiser: Optimiser
  private let rate: Float
  /// The velocity of `sgd`; the gradient's mean of `adam`.
  private var first: Matrix
  /// The squared gradient's mean; empty for `sgd`.
  private var second: Matrix
  private var firstPower = 1.0
  private var secondPower = 1.0

  init(_ optimiser: Optimiser, rate: Float, rows: Int, columns: Int) {
    self.optimiser = optimiser
    self.rate = rate
    first = Matrix(rows: rows, columns: columns)
    second = Matrix(rows: optimiser == .adam ? rows : 0, columns: columns)
  }

  /// Moves `parameters` against `gradient`.
  mutating func step(_ parameters: inout Matrix, _ gradient: Matrix) {
    switch optimiser {
    case .sgd:
      first.scale(Descent.momentum)
      first.add(-rate, gradient)
      parameters.add(1, first)
    case .adam:
      stepOfAdam(&parameters, gradient)
    }
  }

  private mutating func stepOfAdam(_ parameters: inout Matrix, _ gradient: Matrix) {
    firstPower *= Double(Descent.firstDecay)
    secondPower *= Double(Descent.secondDecay)
    let length = SIMD8(repeating: Float(Double(rate) * (1 - secondPower).squareRoot() / (1 - firstPower)))
    let count = parameters.rows * parameters.stride
    unsafe parameters.withMutableValues { values in
      unsafe first.withMutableValues { means in
        unsafe second.withMutableValues { squares in
          unsafe gradient.withValues { slopes in
            for place in stride(from: 0, to: count, by: 8) {
              let slope = unsafe lanes(slopes + place)
              let mean =
                unsafe lanes(means + place) * Descent.firstDecay + slope * (1 - Descent.firstDecay)
              let square =
                unsafe lanes(squares + place) * Descent.secondDecay + slope * slope
                * (1 - Descent.secondDecay)
              unsafe store(mean, means + place)
              unsafe store(square, squares + place)
              let change = length * mean / (square.squareRoot() + Descent.smallest)
              unsafe store(lanes(values + place) - change, values + place)
            }
          }
        }
      }
    }
  }
}
