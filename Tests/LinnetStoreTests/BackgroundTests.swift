import LinnetStore
import Testing

@Suite struct BackgroundTests {
  private func enrolBackground(_ numbers: ClosedRange<Int>, in store: Store, set: String = Store.defaultSet)
    throws
  {
    var change = try store.beginChange()
    for number in numbers { _ = try change.enrolBackground(picture(number), named: "\(number)", in: set) }
    try change.commit(.enrol, "background")
  }

  private func background(of store: Store, _ set: String = Store.defaultSet) throws -> [[UInt8]] {
    sorted(try store.background(of: set).map { try File.read($0.path) })
  }

  @Test(arguments: [Store.defaultSet, "door"]) func itLiesBesideTheCaptures(set: String) throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder + "/store")
      #expect(try store.background(of: set).isEmpty)
      try enrolBackground(1...3, in: store, set: set)
      #expect(try store.sets() == [set] && store.captures(of: set).isEmpty)
      try enrol(4...5, as: "mug", in: store, set: set)
      #expect(try contents(of: store, set).keys.sorted() == ["mug"])
      #expect(try background(of: store, set) == sorted((1...3).map { picture($0) }))
      var change = try store.beginChange()
      #expect(try change.background(of: set).count == 3 && change.captures(of: set).count == 2)
      #expect(try change.enrolBackground(picture(1), named: "1", in: set) == .alreadyThere)
      #expect(
        try change.enrol(picture(1), named: "1", as: "mug", in: set) == .moved(from: Capture.backgroundLabel))
      #expect(try change.enrolBackground(picture(4), named: "4", in: set) == .moved(from: "mug"))
      try change.commit(.enrol, "moved")
      #expect(try background(of: store, set) == sorted([2, 3, 4].map { picture($0) }))
      #expect(try contents(of: store, set) == ["mug": sorted([1, 5].map { picture($0) })])
    }
  }

  @Test func undoBringsItBackAndRemovingTakesIt() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder)
      try enrol(1...2, as: "mug", in: store)
      try enrolBackground(3...6, in: store)
      var undo = try store.beginChange()
      #expect(try undo.undo() == "background")
      try undo.commit(.undo, "undo")
      #expect(try store.background().isEmpty && store.captures().count == 2)
      try enrolBackground(3...6, in: store)
      var change = try store.beginChange()
      try change.removeBackground()
      #expect(try change.background().isEmpty && change.captures().count == 2)
      try change.commit(.remove, "x")
      #expect(try store.background().isEmpty && store.captures().count == 2)
    }
  }

  @Test func noLabelIsTheBackground() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder)
      try enrol(1...1, as: "background", in: store)
      try enrolBackground(2...2, in: store)
      #expect(try contents(of: store) == ["background": [picture(1)]])
      var change = try store.beginChange()
      #expect(throws: StoreError.self) {
        try change.enrol(picture(3), named: "3", as: Capture.backgroundLabel)
      }
      #expect(throws: StoreError.self) { try change.rename(Capture.backgroundLabel, to: "x") }
      #expect(throws: StoreError.self) { try change.rename("background", to: Capture.backgroundLabel) }
      #expect(throws: StoreError.self) { try change.remove(Capture.backgroundLabel) }
      let isEmpty = change.isEmpty
      #expect(isEmpty)
    }
  }
}
