import LinnetStore
import Testing

@Suite struct StoreChangeTests {
  @Test func enrolledCapturesAreTheBytesThatCame() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder + "/store")
      #expect(try store.captures().isEmpty)
      try enrol(1...3, as: "mug", in: store)
      try enrol(4...5, as: "a/b", in: store)
      #expect(
        try contents(of: store) == [
          "mug": sorted((1...3).map { picture($0) }), "a/b": sorted([picture(4), picture(5)]),
        ])
      #expect(try store.captures().allSatisfy { $0.path.hasSuffix(".jpg") })
      #expect(try File.read(try #require(try store.headPath())) == Array("head after a/b 5".utf8))
      #expect(try store.heads() == ["default"])
      #expect(try store.lastChange()?.summary == "enrol a/b")
    }
  }

  @Test func onePictureLiesOnceInASet() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder)
      try enrol(1...2, as: "mug", in: store)
      var change = try store.beginChange()
      #expect(try change.enrol(picture(1), named: "1", as: "mug") == .alreadyThere)
      #expect(try change.enrol(picture(2), named: "2", as: "cup") == .moved(from: "mug"))
      #expect(try change.enrol(picture(2), named: "2", as: "cup") == .alreadyThere)
      #expect(try change.enrol(picture(3), named: "3", as: "cup") == .added)
      #expect(try change.enrol(picture(3), named: "3", as: "cup") == .alreadyThere)
      #expect(try change.captures().map(\.label) == ["cup", "cup", "mug"])
      try change.commit(.enrol, "x")
      #expect(try contents(of: store) == ["mug": [picture(1)], "cup": sorted([picture(2), picture(3)])])
    }
  }

  @Test func onePictureIsTakenOut() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder)
      try enrol(1...2, as: "mug", in: store)
      var change = try store.beginChange()
      _ = try change.enrolBackground(picture(5), named: "5")
      #expect(try change.remove(picture: PictureDigest(of: picture(1))))
      #expect(try !change.remove(picture: PictureDigest(of: picture(1))))
      #expect(try change.remove(picture: PictureDigest(of: picture(5))))
      #expect(try !change.remove(picture: PictureDigest(of: picture(2)), in: "door"))
      #expect(try change.enrol(picture(1), named: "1", as: "cup") == .added)
      try change.commit(.remove, "x")
      #expect(try contents(of: store) == ["mug": [picture(2)], "cup": [picture(1)]])
      #expect(try store.background().isEmpty)
    }
  }

  @Test func equalLabelsComposedOtherwiseShareAFolder() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder)
      try enrol(1...1, as: "caf\u{E9}", in: store)
      try enrol(2...2, as: "cafe\u{301}", in: store)
      #expect(try Folder.entries(folder + "/captures").count == 1)
      #expect(try contents(of: store)["café"]?.count == 2)
    }
  }

  @Test func setsAreApart() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder)
      try enrol(1...2, as: "open", in: store, set: "door")
      try enrol(1...1, as: "mug", in: store)
      #expect(try store.sets() == ["default", "door"])
      #expect(try contents(of: store, "door") == ["open": sorted([picture(1), picture(2)])])
      #expect(try contents(of: store) == ["mug": [picture(1)]])
      #expect(File.exists(folder + "/sets/door/captures/open"))
      #expect(throws: StoreError.self) { try store.captures(of: "") }
    }
  }

  @Test func picturesPutThereByHandCount() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder)
      try enrol(1...1, as: "mug", in: store)
      try write(picture(9), folder + "/captures/mug/mine.JPG")
      try write([1], folder + "/captures/mug/notes.txt")
      #expect(try contents(of: store) == ["mug": sorted([picture(1), picture(9)])])
      var change = try store.beginChange()
      try change.rename("mug", to: "cup")
      try change.commit(.rename, "x")
      #expect(try contents(of: store) == ["cup": sorted([picture(1), picture(9)])])
      #expect(File.exists(folder + "/captures/mug/notes.txt"))
    }
  }

  @Test func droppedUncommittedItLeavesNothing() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder)
      try enrol(1...1, as: "mug", in: store)
      do {
        var change = try store.beginChange()
        _ = try change.enrol(picture(2), named: "2", as: "mug")
        try change.putHead([1, 2, 3])
      }
      #expect(try contents(of: store) == ["mug": [picture(1)]])
      #expect(try Folder.entries(folder + "/trash").isEmpty)
    }
  }

  @Test func renamingAndMerging() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder)
      try enrol(1...2, as: "mug", in: store)
      try enrol(3...4, as: "cup", in: store)
      var change = try store.beginChange()
      #expect(throws: StoreError.labelExists(label: "cup", set: "default")) {
        try change.rename("mug", to: "cup")
      }
      #expect(throws: StoreError.noSuchLabel(label: "jar", set: "default", known: ["cup", "mug"])) {
        try change.rename("mug", to: "jar", merging: true)
      }
      #expect(throws: StoreError.noSuchLabel(label: "jar", set: "default", known: ["cup", "mug"])) {
        try change.rename("jar", to: "x")
      }
      try change.rename("mug", to: "cup", merging: true)
      try change.commit(.merge, "merge")
      #expect(try contents(of: store) == ["cup": sorted((1...4).map { picture($0) })])
      #expect(!File.exists(folder + "/captures/mug"))
    }
  }

  @Test func filesOfOneNameBothStayWhenMerged() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder)
      for (label, number) in [("a", 1), ("b", 2)] {
        try Folder.make(folder + "/captures/" + label)
        try write(picture(number), folder + "/captures/\(label)/photo.jpg")
      }
      var change = try store.beginChange()
      try change.rename("a", to: "b", merging: true)
      try change.commit(.merge, "merge")
      #expect(try contents(of: store) == ["b": sorted([picture(1), picture(2)])])
    }
  }

  @Test func anythingButAPictureIsRefused() throws {
    try withTemporaryFolder { folder in
      var change = try Store(at: folder).beginChange()
      #expect(throws: StoreError.notAPicture(name: "x")) {
        try change.enrol([1, 2, 3], named: "x", as: "mug")
      }
      #expect(try change.enrol([0x89, 0x50, 0x4E, 0x47, 13], named: "y", as: "mug") == .added)
      try change.commit(.enrol, "x")
      #expect(try Store(at: folder).captures().first?.path.hasSuffix(".png") == true)
    }
  }
}
