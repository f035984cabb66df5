import LinnetSafetensors
import Testing

@Suite struct ViewsTests {
  @Test func aHeadIsAskedWithTheViewsItWasTaughtWith() throws {
    let work = Workplace()
    for kind in 0..<2 { _ = try work.pictures(kind, 3) }
    let (folder, picture) = (work.folder + "/pictures", work.folder + "/pictures/kind-0/0.jpg")
    let (mirrored, plain) = (work.folder + "/mirrored.head", work.folder + "/plain.head")
    #expect(try work.run("train", "--folder", folder, "--views", "flip", "-o", mirrored).status == 0)
    #expect(try work.run("train", "--folder", folder, "-o", plain).status == 0)
    #expect(try work.run("inspect", mirrored, "--json").json()[0]["views"]?.string == "flip")
    #expect(try work.run("inspect", plain, "--json").json()[0]["views"]?.string == "")
    func confidence(_ options: String...) throws -> Double? {
      let arguments = ["classify", "--head", mirrored, picture, "--json"] + options
      return try work.run(arguments).json()[0]["confidence"]?.double
    }
    #expect(try confidence() == confidence("--views", "flip"))
    #expect(try confidence() != confidence("--views", "none"))
    let both = try work.run("classify", "--head", mirrored, "--head", plain, picture)
    #expect(both.status == 64 && both.errors.contains("flip; none"))
    #expect(
      try work.run("classify", "--head", mirrored, "--head", plain, "--views", "none", picture).status == 0)
    let watched = try work.run("watch", "--source", folder + "/kind-0", "--head", mirrored)
    #expect(watched.errors.contains("views of its pictures (flip)"))
    #expect(try work.run("watch", "--views", "flip", "--source", folder + "/kind-0").status == 64)
  }
}
