internal import LedgerStore
internal import Traffic

/// The names of a run by kind (``EventBatch/newNames``), and its routes.
struct NameBook {
  private let names = (0..<EventBatch.nameKinds).map { _ in Interner() }
  private let routes = Interner()

  /// A book that takes more is started anew: a log may have any number of names.
  private static let mostBytes = 128 << 20

  var isFull: Bool { names.reduce(routes.bytes) { $0 + $1.bytes } > Self.mostBytes }

  /// The number of a name, which is told to the batch if it is new.
  mutating func number(
    of name: Span<UInt8>, key: Int64, kind: Int, _ batch: inout EventBatch
  ) -> Int32 {
    let (number, isNew) = names[kind].number(of: name, key: key)
    if isNew { batch.append(newName: name, kind: kind) }
    return number
  }

  /// The number of a route by its names (``Route/joinedNames``), and their key.
  mutating func route(
    _ joinedNames: Span<UInt8>, _ batch: inout EventBatch
  ) -> (number: Int32, key: Int64) {
    let key = TextKey.of(joinedNames)
    let (number, isNew) = routes.number(of: joinedNames, key: key)
    if isNew {
      let names = joinedNames.withUnsafeBufferPointer { bytes in
        bytes.split(separator: 0, omittingEmptySubsequences: false)
          .map { Name(String(decoding: $0, as: UTF8.self)) }
      }
      batch.newRoutes.append(
        Route(
          model: ModelID(provider: names[0], model: names[1]),
          group: names.count > 2 ? names[2] : nil))
    }
    return (number, key)
  }
}

extension String {
  init(copying text: Span<UInt8>) {
    self = text.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}
