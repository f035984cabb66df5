import LinnetHead
import LinnetPipeline
import Testing

@Suite struct ClassDescriptionsTests {
  private func read(_ text: String, vectors: Bool = false) throws -> ClassDescriptions {
    try withTemporaryFolder { folder in
      let path = folder + "/table.csv"
      try write(Array(text.utf8), path)
      return vectors ? try ClassDescriptions(vectors: path) : try ClassDescriptions(attributes: path)
    }
  }

  private func complaint(_ text: String, vectors: Bool = false) throws -> String {
    do {
      _ = try read(text, vectors: vectors)
      return ""
    } catch let error as PipelineError {
      return error.description
    }
  }

  @Test func attributesAreNumbersOrWordsOrNotKnown() throws {
    let table = try read(
      "class,has wheels, flies ,length\n\"jet, big\",yes,TRUE,0.5\nboat,no,?,\n\nbike,1,0,-2e-1\n")
    #expect(table.classes == ["jet, big", "boat", "bike"])
    #expect(table.columns == ["has wheels", "flies", "length"])
    #expect(table.values == [[1, 1, 0.5], [0, nil, nil], [1, 0, -0.2]])
  }

  @Test func vectorsHaveAFirstLineOrNot() throws {
    let plain = try read("a,1,2\nb,3,4\n", vectors: true)
    let named = try read("class,x,y\na,1,2\nb,3,4\n", vectors: true)
    #expect(plain.values == [[1, 2], [3, 4]] && plain == named)
  }

  @Test func vectorsFromNumPy() throws {
    try withTemporaryFolder { folder in
      try write(NumPyArray([1, 2, 3, 4, 5, 6], shape: [2, 3]).encoded(), folder + "/x.npy")
      try write(Array("dog\ncat\n".utf8), folder + "/x.txt")
      let table = try ClassDescriptions(vectors: folder + "/x.npy")
      #expect(table.classes == ["dog", "cat"] && table.values == [[1, 2, 3], [4, 5, 6]])
      try write(Array("dog\n".utf8), folder + "/x.txt")
      #expect(throws: PipelineError.self) { try ClassDescriptions(vectors: folder + "/x.npy") }
      try write(NumPyArray([1, 2], shape: [2]).encoded(), folder + "/x.npy")
      #expect(throws: PipelineError.self) { try ClassDescriptions(vectors: folder + "/x.npy") }
      #expect(throws: PipelineError.self) { try ClassDescriptions(vectors: folder + "/none.npy") }
    }
  }

  @Test(arguments: [
    ("", "empty"), ("class,a\n", "no class follows"), ("class\nx\n", "names no attribute"),
    ("class,a,b\nx,1\n", "line 2: it has 2 fields where 3 are expected"),
    ("class,a\nx,1\ny,red\n", "line 3: its a is no number: “red”"),
    ("class,a\nx,1\nx,0\n", "line 3: x stands there twice"), ("class,a\nx,nan\n", "no number"),
    ("class,a\n,1\n", "a label is empty"),
  ])
  func brokenTablesAreSaid(text: String, words: String) throws {
    #expect(try complaint(text).contains(words))
  }

  @Test func aVectorOfAnotherLengthIsSaid() throws {
    #expect(try complaint("a,1,2\nb,3\n", vectors: true).contains("line 2"))
  }
}
