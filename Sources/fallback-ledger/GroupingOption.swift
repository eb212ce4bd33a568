import ArgumentParser
import Foundation
import Pricing
import Wording

struct GroupingOption: ParsableArguments {
  @Option(help: ArgumentHelp("The fields to group by, with commas.", valueName: "field,…"))
  var by: String?

  func validate() throws { _ = try fields }

  var fields: [GroupField] {
    get throws {
      var fields: [GroupField] = []
      guard let by else { return [] }
      for part in by.split(separator: ",", omittingEmptySubsequences: false) {
        let word = part.trimmingCharacters(in: .whitespaces)
        guard let field = GroupField(rawValue: word) else {
          let names = GroupField.allCases.map(\.rawValue)
          let near = NearestWord.of(word, in: names).map { "did you mean `\($0)`? " } ?? ""
          throw ValidationError(
            "--by names `\(word)`, which is no field; \(near)the fields are "
              + names.joined(separator: ", "))
        }
        guard !fields.contains(field) else {
          throw ValidationError("--by names \(word) twice; name it once")
        }
        fields.append(field)
      }
      return fields
    }
  }
}
