import LinnetReport
import Testing

@Suite struct PageTests {
  private let strange = "<script>alert('x')</script>\"&\n"

  private func page() -> Page {
    var page = Page(title: strange, subtitle: strange)
    page.add([Fact(strange, "0.5", note: strange)])
    page.section(strange, note: strange)
    page.paragraph(strange)
    page.add([
      Figure(strange, caption: strange, isWide: true, Heatmap(strange, rows: [strange], counts: [[1]]).svg)
    ])
    page.add(Table([strange, "n"], rows: [[strange, "1"]]))
    page.add(
      Gallery([
        .init(DataURI(jpeg: [1, 2]), lines: [strange, strange], hint: strange),
        .init(nil, lines: [], hint: "x"),
      ]))
    return page
  }

  @Test func nothingInItRunsOrIsFetched() throws {
    let html = page().html
    #expect(!html.contains("<script") && !html.contains("alert('x')"))
    let addresses = html.split(separator: "http").dropFirst()
    #expect(addresses.allSatisfy { $0.hasPrefix("://www.w3.org/2000/svg\"") })
    #expect(!html.contains("@import") && !html.contains("url("))
    #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
    #expect(try unclosed(html) == [])
    #expect(html.contains("prefers-color-scheme:dark") && html.contains("width=device-width"))
    #expect(html.contains("src=\"data:image/jpeg;base64,AQI=\""))
  }

  @Test func theSameAdditionsGiveTheSameBytes() {
    #expect(page().html == page().html)
    var other = page()
    other.paragraph("more")
    #expect(other.html != page().html)
  }

  @Test func labelsKeepTheirDirectionToThemselves() {
    var page = Page(title: "t")
    page.add(Table(["class", "recall"], rows: [["שלום (5)", "0.5"]]))
    #expect(page.html.contains("<bdi>שלום (5)</bdi>"))
  }

  @Test func nothingAddedIsNothingShown() {
    let empty = Page(title: "t").html
    var page = Page(title: "t")
    page.add([Figure]())
    page.add([Fact]())
    page.add(Gallery([]))
    #expect(page.html == empty)
  }
}
