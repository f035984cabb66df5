import LinnetPipeline
import Testing

@Suite struct PictureFolderTests {
  @Test func classesAreFoldersInOrder() throws {
    try withTemporaryFolder { folder in
      for path in [
        "b/2.jpg", "b/1.PNG", "a/deep/x.jpeg", "b/notes.txt", ".git/x.jpg", "empty/x.txt", "top.jpg",
      ] {
        try write([1], folder + "/" + path)
      }
      try write(Array("file,group\nb/2.jpg,g\n".utf8), folder + "/manifest.csv")
      let pictures = try PictureFolder(folder + "//")
      #expect(pictures.classes == ["a", "b"])
      #expect(pictures.items.map(\.name) == ["a/deep/x.jpeg", "b/1.PNG", "b/2.jpg"])
      #expect(pictures.items.map(\.label) == [0, 1, 1])
      #expect(pictures.items.map(\.group) == [nil, nil, "g"])
      #expect(pictures.items[0].path == folder + "/a/deep/x.jpeg")
    }
  }

  @Test func nothingThereIsAnError() throws {
    try withTemporaryFolder { folder in
      #expect(throws: PipelineError.self) { try PictureFolder(folder) }
      #expect(throws: PipelineError.self) { try PictureFolder(folder + "/none") }
      #expect(throws: PipelineError.self) { try pictures(at: folder) }
      let file = try pictures(at: folder + "/none.jpg")
      #expect(file == [folder + "/none.jpg"])
    }
  }
}
