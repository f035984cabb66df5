import Testing

@testable import LinnetPipeline

@Suite struct CommaSeparatedValuesTests {
  @Test func readsFieldsAsTheStandardHasThem() {
    let text = "\u{FEFF}file,group\r\na/1.jpg,x\n\"b,\"\"2\"\".jpg\",\"two\nlines\"\n,\nlast,end"
    #expect(
      commaSeparatedRows(Array(text.utf8)) == [
        ["file", "group"], ["a/1.jpg", "x"], ["b,\"2\".jpg", "two\nlines"], ["", ""], ["last", "end"],
      ])
    #expect(commaSeparatedRows([]).isEmpty)
  }

  @Test func groupsComeByName() throws {
    try withTemporaryFolder { folder in
      try write(Array("class,group,file\nx,g1,a/1.jpg\nx,,a/2.jpg\n\ny,g1,b/1.jpg\n".utf8), folder + "/m.csv")
      #expect(try readGroups(folder + "/m.csv") == ["a/1.jpg": "g1", "b/1.jpg": "g1"])
      try write(Array("file,class\na/1.jpg,x\n".utf8), folder + "/m.csv")
      #expect(try readGroups(folder + "/m.csv") == [:])
    }
  }

  @Test(arguments: ["name,group\n", "", "file,group\na\n"])
  func brokenManifestsAreSaid(text: String) throws {
    try withTemporaryFolder { folder in
      try write(Array(text.utf8), folder + "/m.csv")
      #expect(throws: PipelineError.self) { try readGroups(folder + "/m.csv") }
    }
  }
}
