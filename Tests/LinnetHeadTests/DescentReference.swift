// Made by toolchain/heads/make-descent-reference with scikit-learn and SciPy; not to be edited.

/// The problem of all that follows: ``Reference/problem()`` makes it.
let descentProblem = (dimension: 16, counts: [9, 4, 1], seed: 3, queries: 4)

/// The perceptron's: its start comes from the generator with the next seed.
let perceptronProblem = (hidden: 5, steps: 40, decay: Float(0.3))

let adamReference = (rate: Float(0.01), loss: 0.419026019)

/// Of the queries, a row each.
let adamProbabilities: [[Double]] = [
  [0.375779, 0.523187, 0.101035],
  [0.864177, 0.110777, 0.025046],
  [0.682764, 0.294729, 0.022507],
  [0.368786, 0.447652, 0.183563],
]

let sgdReference = (rate: Float(0.02), loss: 0.437408651)

/// Of the queries, a row each.
let sgdProbabilities: [[Double]] = [
  [0.230857, 0.507716, 0.261428],
  [0.991426, 0.008556, 0.000018],
  [0.825301, 0.173989, 0.000710],
  [0.222607, 0.503197, 0.274196],
]

/// Of `LogisticRegression(C=10)`.
let unbalancedProbabilities: [[Double]] = [
  [0.025091, 0.922410, 0.052499],
  [0.968936, 0.020855, 0.010210],
  [0.728553, 0.232376, 0.039071],
  [0.417979, 0.560260, 0.021761],
]

let focalLoss = 0.52671563

/// Where the balanced focal loss with exponent 2 is least.
let focalProbabilities: [[Double]] = [
  [0.139699, 0.688481, 0.171821],
  [0.754636, 0.157453, 0.087911],
  [0.536312, 0.342467, 0.121221],
  [0.411436, 0.502300, 0.086264],
]
