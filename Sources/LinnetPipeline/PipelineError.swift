public import LinnetHead
public import LinnetImage
public import LinnetModel
public import LinnetRuntime
public import LinnetStore

/// What can go wrong between pictures and answers.
public enum PipelineError: Error {
  case store(StoreError)
  case model(ModelError)
  case session(SessionError)
  case head(HeadError)
  /// The head file of `set` cannot be read.
  case unusableHead(set: String, HeadError)
  /// The head of `set` knows `label`, of which the set has no capture: learning it anew would lose that.
  case headWithoutCaptures(set: String, label: String)
  /// The picture `name` cannot be read.
  case picture(name: String, PictureError)
  /// The model `name` takes no picture: its file has no recipe that turns one into its input.
  case takesNoPicture(model: String)
  /// The model `name` does not end in the mean of a feature map, so that no class activation map can be made.
  case noFeatureMap(model: String)
  /// The two backbones of a pair are one: `name`.
  case sameBackbone(String)
  /// More backbones than two, or none.
  case tooManyBackbones(Int)
  /// Heads that were taught with different views of pictures cannot be asked together; "" for the picture as it is.
  case differentViews([String])
  /// A head was taught with views that there are none of here.
  case unknownViews(String)
  /// There is no picture in `folder`.
  case noPictures(folder: String)
  /// There is no folder with pictures in `folder`.
  case noClasses(folder: String)
  /// There is nothing to learn from in the set `set`.
  case noCaptures(set: String)
  /// No picture is left to ask in any episode.
  case noQueries
  case badManifest(path: String, line: Int, reason: String)
  case badDraws(path: String, line: Int, reason: String)
  case badArray(path: String, reason: String)
  /// The file that describes classes; `line` where one is to blame.
  case badDescriptions(path: String, line: Int?, reason: String)
  /// The class `name` has `has` pictures, too few for `needed` shots and a query.
  case tooFewPictures(name: String, has: Int, needed: Int)
  /// `ways` classes were asked for of `has`.
  case tooFewClasses(ways: Int, has: Int)
}

extension PipelineError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .store(let error): error.description
    case .model(let error): error.description
    case .session(let error): error.description
    case .head(let error): error.description
    case .unusableHead(let set, let error):
      "\(error.description) (the head “\(set)”; linnet train learns it anew from its captures)"
    case .headWithoutCaptures(let set, let label):
      "the head “\(set)” knows “\(label)”, of which there are no captures, and would forget it; "
        + "enrol into another set with --head, or remove that head first"
    case .picture(let name, let error): "\(name): \(error.description)"
    case .takesNoPicture(let model):
      "the model \(model) takes no picture: its file has no preprocessing recipe"
    case .noFeatureMap(let model):
      "the model \(model) does not end in the mean of a feature map; --method occlusion works with any model"
    case .sameBackbone(let name):
      "both backbones are \(name): a pair takes two different ones, whose views of a picture add up"
    case .tooManyBackbones(let count): "\(count) backbones were given; one works alone, two as a pair"
    case .differentViews(let views):
      "the heads were taught with different views of the pictures ("
        + views.map { $0.isEmpty ? "none" : $0 }.joined(separator: "; ")
        + "): ask them one by one, or say with --views how to look"
    case .unknownViews(let views):
      "the head was taught with views of the pictures that are not known here (\(views)): train it again, or say with "
        + "--views how to look"
    case .noPictures(let folder): "there is no picture (.jpg, .jpeg, .png) in \(folder)"
    case .noClasses(let folder): "there is no folder with pictures in \(folder); a folder a class is needed"
    case .noCaptures(let set): "there is no capture in the set “\(set)”; enrol some first"
    case .noQueries: "no picture is left to ask about: all are shots, or share a group with one"
    case .badManifest(let path, let line, let reason), .badDraws(let path, let line, let reason):
      "\(path), line \(line): \(reason)"
    case .badArray(let path, let reason): "\(path) cannot be used: \(reason)"
    case .badDescriptions(let path, let line, let reason):
      path + (line.map { ", line \($0)" } ?? "") + ": \(reason)"
    case .tooFewPictures(let name, let has, let needed):
      "the class “\(name)” has too few pictures, \(has): \(needed) to learn from and one to ask about make \(needed + 1)"
    case .tooFewClasses(let ways, let has): "\(ways) ways were asked for, and the folder has \(has) classes"
    }
  }
}
