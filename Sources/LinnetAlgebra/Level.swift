internal import CLinnetAlgebra

/// What products are computed with: the best of this processor.
let level = linnet_algebra_best_level()
