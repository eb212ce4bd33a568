/// The lines of files that were met, a bit each, to see that none is met twice.
struct LineMarks {
  private struct Page: Hashable {
    let file: Int64
    let number: Int64
  }

  private static let linesOfPage: Int64 = 1 << 16
  /// 256 MB of them; a ledger of more is asked in SQL.
  private static let mostPages = 1 << 15

  private let linesOfFile: [Int64: Int64]
  private var places: [Page: Int] = [:]
  private var pages: [[UInt64]] = []
  private var last: (page: Page, place: Int)?
  /// Whether a line was met twice or is not in its file, or there was no room to tell.
  private(set) var isDoubtful = false

  init(linesOfFile: [Int64: Int64]) { self.linesOfFile = linesOfFile }

  mutating func mark(file: Int64, line: Int64) {
    guard line >= 1, let count = linesOfFile[file], line <= count else {
      // A file that is not there is another check's to tell of.
      isDoubtful = true
      return
    }
    let page = Page(file: file, number: line / Self.linesOfPage)
    guard let place = place(of: page) else {
      isDoubtful = true
      return
    }
    let bit = Int(line % Self.linesOfPage)
    if pages[place][bit >> 6] >> UInt64(bit & 63) & 1 == 1 { isDoubtful = true }
    pages[place][bit >> 6] |= 1 << UInt64(bit & 63)
  }

  private mutating func place(of page: Page) -> Int? {
    if let last, last.page == page { return last.place }
    let place: Int
    if let known = places[page] {
      place = known
    } else {
      guard pages.count < Self.mostPages else { return nil }
      place = pages.count
      pages.append(Array(repeating: 0, count: Int(Self.linesOfPage / 64)))
      places[page] = place
    }
    last = (page, place)
    return place
  }

  mutating func add(_ other: LineMarks) {
    if other.isDoubtful { isDoubtful = true }
    for (page, otherPlace) in other.places {
      guard let place = place(of: page) else {
        isDoubtful = true
        return
      }
      for index in pages[place].indices {
        let (own, new) = (pages[place][index], other.pages[otherPlace][index])
        if own & new != 0 { isDoubtful = true }
        pages[place][index] = own | new
      }
    }
  }
}
