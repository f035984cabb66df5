/// How a head is adapted from the world of its shots to that of unlabelled frames.
public enum DomainMethod: String, CaseIterable, Hashable, Sendable {
  /// Not at all: the head as it is learned from the shots.
  case none
  /// Mean and deviation of the frames' square-rooted embeddings in place of the shots' (Li, Wang, Shi, Hou, Liu,
  /// "Adaptive Batch Normalization for practical domain adaptation", 2018).
  case moments
  /// The shots take on the frames' covariance as well (Sun, Feng, Saenko, "Return of Frustratingly Easy Domain
  /// Adaptation", 2016).
  case coral
  /// Shots that look like frames count more: the density ratio by a logistic regression that tells the two apart (Sugiyama,
  /// Krauledat, Müller, "Covariate Shift Adaptation by Importance Weighted Cross Validation", 2007; Bickel, Brückner,
  /// Scheffer, "Discriminative Learning for Differing Training and Test Distributions", 2007).
  case weights
  /// The shots' principal directions are turned onto the frames' (Fernando, Habrard, Sebban, Tuytelaars, "Unsupervised
  /// Visual Domain Adaptation Using Subspace Alignment", 2013).
  case subspace
  /// A linear map of the shots after which a logistic regression cannot tell them from frames, but still their classes:
  /// gradient reversal (Ganin, Lempitsky, "Unsupervised Domain Adaptation by Backpropagation", 2015).
  case adversarial
  /// After the moments: the frames of which the head is surest become shots, more in every round (Scudder, "Probability of
  /// error of some adaptive pattern-recognition machines", 1965; Lee, "Pseudo-Label", 2013).
  case selfTraining = "self-training"
  /// After the moments: labels spread over each frame's most similar frames (Zhou, Bousquet, Lal, Weston, Schölkopf,
  /// "Learning with Local and Global Consistency", 2004).
  case propagation
  /// After the moments: frames are shared out among the classes in equal parts (Cuturi, "Sinkhorn Distances", 2013), a
  /// classifier is learned from that, and again (as by Liang, Hu, Feng, "Do We Really Need to Access the Source Data?",
  /// 2020). For frames in which every class is about as frequent.
  case balanced
  /// As `balanced`, but with parts that may differ from equal ones at a price (Chizat, Peyré, Schmitzer, Vialard, "Scaling
  /// algorithms for unbalanced optimal transport problems", 2018); every kind of frame counts alike, however many there are
  /// of it, and what the head as it is says counts too. For frames in which nobody knows how frequent the classes are.
  case relaxed
}
