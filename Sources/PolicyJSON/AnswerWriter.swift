package import PolicyEngine
import Traffic

/// Writes answers as lines of JSON (policy.md): the keys in its order, without spaces.
package enum AnswerWriter {
  /// `{"action":"model","route":{…},"class":"…","step":1,"reason":"fallback"}`, without a line end.
  package static func line(_ decision: Decision, to question: Question) -> String {
    var line = "{"
    switch decision {
    case .run(let step, let index, let reason, let trafficClass):
      line += #""action":"\#(step.action.rawValue)","#
      if let route = step.route(primary: question.primary) {
        line += #""route":\#(text(route)),"#
      }
      line +=
        #""class":"\#(trafficClass.rawValue)","step":\#(index),"reason":"\#(reason.rawValue)""#
      if let notice = step.notice { line += #","notice":\#(string(notice))"# }
    case .reject(let refusal, let trafficClass):
      line += #""action":"reject","class":"\#(trafficClass.rawValue)","#
      line += #""reason":"\#(refusal.rawValue)""#
    }
    return line + "}"
  }

  /// `{"error":"already_settled","message":"…"}`.
  package static func line(_ error: QuestionError) -> String {
    self.line(code: error.code, error.description)
  }

  package static func line(_ mistake: QuestionMistake) -> String {
    self.line(code: QuestionMistake.code, mistake.description)
  }

  /// For a question of more bytes than are read.
  package static let tooLong = line(
    QuestionMistake("the line is longer than 16 MiB; no question is"))

  private static func line(code: String, _ message: String) -> String {
    #"{"error":"\#(code)","message":\#(string(message))}"#
  }

  private static func text(_ route: Route) -> String {
    let group = route.group.map { #","group":\#(string($0.text))"# } ?? ""
    let model = route.model
    return
      #"{"provider":\#(string(model.provider.text)),"model":\#(string(model.model.text))\#(group)}"#
  }

  /// A JSON string (RFC 8259); control characters and line separators are escaped, so that a line
  /// stays one whoever reads it.
  static func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
