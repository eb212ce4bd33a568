internal import Synchronization
internal import Traffic

/// Numbers texts from 1 as they are met; several threads may ask.
final class TextNumbers: Sendable {
  private struct Texts {
    var ranges: [Range<Int>] = []
    var bytes: [UInt8] = []

    subscript(place: Int) -> ArraySlice<UInt8> { bytes[ranges[place]] }
  }

  private let texts = Mutex(Texts())
  // Places among the texts by their keys, touched only while those are locked.
  nonisolated(unsafe) private let places = KeyPlaces()

  func number(of text: Span<UInt8>) -> Int64 {
    let key = TextKey.of(text)
    return text.withUnsafeBufferPointer { text in
      texts.withLock { texts in
        if let place = places.place(key, where: { texts[$0].elementsEqual(text) }) {
          return Int64(place) + 1
        }
        places.add(key, texts.ranges.count)
        texts.ranges.append(texts.bytes.count..<texts.bytes.count + text.count)
        texts.bytes.append(contentsOf: text)
        return Int64(texts.ranges.count)
      }
    }
  }

  func name(_ number: Int64) -> Name {
    texts.withLock { Name(String(decoding: $0[Int(number) - 1], as: UTF8.self)) }
  }
}
