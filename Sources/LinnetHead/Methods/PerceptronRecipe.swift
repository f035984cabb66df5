/// How a head with a hidden layer is trained.
public struct PerceptronRecipe: Hashable, Sendable {
  /// The width of the hidden layer, 1…4096.
  public var hidden = 128
  /// The share of hidden units that a training step leaves out, 0…0.9 (Srivastava, Hinton, Krizhevsky, Sutskever,
  /// Salakhutdinov, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014).
  public var dropout: Float = 0.2
  public var optimiser = Optimiser.adam
  /// The length of a step; `nil`: what is usual for the optimiser.
  public var rate: Float?
  /// The most times that every shot is seen.
  public var epochs = 200
  /// Shots a step.
  public var batch = 32
  /// Epochs without a better loss after which training stops.
  public var patience = 8
  /// The penalty of the squared weights, as `decay / 2n · ‖W‖²` beside the mean loss of n shots; biases are free.
  public var decay: Float = 0.1

  public init() {}

  /// Whether every number is within its range.
  public var isValid: Bool {
    1...Perceptron.greatestWidth ~= hidden && 0...0.9 ~= dropout && rate.map { $0 > 0 && $0 <= 10 } ?? true
      && 1...100_000 ~= epochs && 1...100_000 ~= batch && 1...100_000 ~= patience && 0...1e6 ~= decay
  }
}

/// How a step is made of a gradient.
public enum Optimiser: String, CaseIterable, Hashable, Sendable {
  /// Kingma, Ba, "Adam: A Method for Stochastic Optimization", 2015.
  case adam
  /// Stochastic gradient descent with momentum 0.9 (Polyak, "Some methods of speeding up the convergence of iteration
  /// methods", 1964).
  case sgd

  /// The usual length of a step.
  public var usualRate: Float {
    switch self {
    case .adam: 1e-3
    case .sgd: 1e-2
    }
  }
}
