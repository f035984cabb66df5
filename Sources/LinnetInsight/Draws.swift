internal import LinnetAlgebra
public import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetStore

/// One few-shot trial: what is learned from and what is asked.
public struct Episode: Hashable, Sendable {
  /// Places in ``PictureFolder/items``, those of one class together.
  public var shots: [Int]
  /// Every picture of the classes of the shots that is not a shot, and shares no group with one.
  public var queries: [Int]

  /// The episode with these shots.
  public init(shots: [Int], of folder: PictureFolder) {
    self.shots = shots
    let taken = Set(shots)
    let classes = Set(shots.map { folder.items[$0].label })
    let groups = Set(shots.compactMap { folder.items[$0].group })
    queries = folder.items.indices.filter { place in
      let item = folder.items[place]
      return classes.contains(item.label) && !taken.contains(place)
        && !(item.group.map(groups.contains) ?? false)
    }
  }
}

extension Episode {
  /// Every picture is asked about and none learned from: for a head that is there already.
  public static func queries(of folder: PictureFolder) -> Episode {
    Episode(shots: [], queries: Array(folder.items.indices))
  }

  private init(shots: [Int], queries: [Int]) {
    self.shots = shots
    self.queries = queries
  }

  /// The episodes that a file of JSON lines names, each with its `shots` as paths from the folder.
  public static func read(_ path: String, of folder: PictureFolder) throws(PipelineError) -> [Episode] {
    let bytes: [UInt8]
    do throws(StoreError) { bytes = try File.read(path) } catch { throw .store(error) }
    var places: [String: Int] = [:]
    for (place, item) in folder.items.enumerated() { places[item.name] = place }
    var episodes: [Episode] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.allSatisfy({ $0 <= 0x20 }) {
      func broken(_ reason: String) -> PipelineError {
        .badDraws(path: path, line: index + 1, reason: reason)
      }
      let value: JSONValue
      do throws(JSONError) { value = try JSONValue.parse(Array(line)) } catch {
        throw broken(error.description)
      }
      guard let names = value["shots"]?.array, !names.isEmpty else { throw broken("it has no “shots”") }
      var shots: [Int] = []
      for name in names {
        guard let name = name.string else { throw broken("a shot is no path") }
        guard let place = places[name] else { throw broken("\(name) is no picture of \(folder.path)") }
        shots.append(place)
      }
      guard Set(shots).count == shots.count else { throw broken("a shot stands there twice") }
      shots.sort()
      episodes.append(Episode(shots: shots, of: folder))
    }
    guard !episodes.isEmpty else { throw .badDraws(path: path, line: 1, reason: "it has no episode") }
    return episodes
  }

  /// Deals `count` episodes of `shots` pictures of each of `ways` classes (`nil`: all); one seed, the same episodes.
  public static func deal(
    _ count: Int, shots: Int, ways: Int?, seed: UInt64, of folder: PictureFolder
  ) throws(PipelineError) -> [Episode] {
    try deal(count, counts: [shots], ways: ways, seed: seed, of: folder)
  }

  /// Deals `count` episodes of `ways` classes (`nil`: all) with these numbers of shots, given out to the classes in
  /// turn, in an order that is another in each episode; one seed, the same episodes.
  public static func deal(
    _ count: Int, counts: [Int], ways: Int?, seed: UInt64, of folder: PictureFolder
  ) throws(PipelineError) -> [Episode] {
    let ways = ways ?? folder.classes.count
    guard ways <= folder.classes.count else { throw .tooFewClasses(ways: ways, has: folder.classes.count) }
    var members = [[Int]](repeating: [], count: folder.classes.count)
    for (place, item) in folder.items.enumerated() { members[item.label].append(place) }
    let most = counts.max() ?? 0
    for (label, places) in members.enumerated() where places.count <= most {
      throw .tooFewPictures(name: folder.classes[label], has: places.count, needed: most)
    }
    return (0..<count).map { number in
      var random = SplitMix(seed: seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
      var classes = Array(folder.classes.indices)
      random.choose(ways, of: &classes)
      var shotsOf: [Int: Int] = [:]
      for (turn, label) in classes[..<ways].enumerated() { shotsOf[label] = counts[turn % counts.count] }
      var chosen: [Int] = []
      for label in classes[..<ways].sorted() {
        let shots = shotsOf[label]!
        random.choose(shots, of: &members[label])
        chosen += members[label][..<shots].sorted()
        members[label].sort()
      }
      return Episode(shots: chosen, of: folder)
    }
  }
}
