import PolicyEngine
import Traffic

/// The JSON Schema of policy files (2020-12), by which editors complete and check them.
///
/// It refuses what ``PolicyYAML`` refuses, but for what a schema cannot say: that stages rise, that a
/// step's model has a grade in `models`, that a quoted number is in range, and what is no value but
/// spelling: a whole number as `1.0` or `010`, a key given twice, anchors, size and depth.
package enum PolicySchema {
  /// The schema and a line feed.
  package static let json = #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Fallback policy",
      "description": "Which model answers next when a call fails or money runs out.",
      "type": "object",
      "additionalProperties": false,
      "required": ["version", "models", "classes"],
      "properties": {
        "version": {"const": 1, "description": "The version of this format."},
        "name": {"$ref": "#/$defs/text"},
        "default_class": {
          "description": "For a request that neither a rule nor the gateway classes.",
          "$ref": "#/$defs/class",
          "default": "\#(PolicyDefinition().defaultClass.rawValue)"
        },
        "classify": {
          "description": "The first rule that matches gives the class.",
          "type": "array",
          "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["class"],
            "properties": {
              "class": {"$ref": "#/$defs/class"},
    \#(attributes(indent: 10))
            }
          }
        },
        "models": {
          "description": "The grade of each model, by provider/model.",
          "type": "object",
          "propertyNames": {"pattern": "^[^/]+/[\\s\\S]+$"},
          "additionalProperties": {
            "type": "object",
            "additionalProperties": false,
            "required": ["grade"],
            "properties": {"grade": {"$ref": "#/$defs/grade"}}
          }
        },
        "tiers": {
          "description": "Which tiers may use steps marked premium; `default` is for the others.",
          "type": "object",
          "additionalProperties": {
            "type": "object",
            "additionalProperties": false,
            "properties": {"premium": {"type": "boolean", "default": false}}
          }
        },
        "failures": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "retryable": {
              "description": "After these a request goes on; left out: the provider failures.",
              "type": "array",
              "items": {"enum": \#(words(FailureKind.self))}
            },
            "useful_output_tokens": {
              "description": "A dropped stream that gave this many is not retryable.",
              "$ref": "#/$defs/count",
              "default": \#(PolicyDefinition().usefulOutputTokens)
            }
          }
        },
        "never_downgrade": {
          "description": "Requests that no lower grade than their primary's may answer.",
          "type": "array",
          "items": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
    \#(attributes(indent: 10))
            }
          }
        },
        "classes": {
          "description": "What each class tries, and when it stops; a class left out tries the primary.",
          "type": "object",
          "additionalProperties": false,
          "properties": {
    \#(members(TrafficClass.self, ##"{"$ref": "#/$defs/rules"}"##, indent: 8))
          }
        },
        "budget": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "stages": {
              "description": "From which part of the month's limit on each holds; they rise.",
              "type": "object",
              "additionalProperties": false,
              "properties": {
    \#(members(BudgetStage.self, ##"{"$ref": "#/$defs/decimal"}"##, indent: 12))
              }
            },
            "effects": {
              "description": "What a stage does to a class; left out: none.",
              "type": "object",
              "additionalProperties": false,
              "properties": {
    \#(members(BudgetStage.self, ##"{"$ref": "#/$defs/effects"}"##, indent: 12))
              }
            },
            "prepaid_exhausted": {
              "description": "Refuse every request once a prepaid balance is spent.",
              "const": "reject"
            }
          }
        },
        "loop_guard": {
          "description": "From these on, a session's requests are refused.",
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "session_requests_per_minute": {"$ref": "#/$defs/count"},
            "session_cost_usd_per_day": {"$ref": "#/$defs/decimal"}
          }
        }
      },
      "$defs": {
        "text": {"type": "string", "minLength": 1},
        "pattern": {
          "description": "* stands for any run of characters; a list is any of.",
          "anyOf": [
            {"$ref": "#/$defs/text"}, {"type": "array", "items": {"$ref": "#/$defs/text"}}
          ]
        },
        "class": {"enum": \#(words(TrafficClass.self))},
        "grade": {"enum": \#(words(Grade.self))},
        "count": {"type": "integer", "minimum": 0, "maximum": 9223372036854775807},
        "decimal": {
          "description": "A decimal number, also as a string; read exactly.",
          "anyOf": [
            {"type": "number", "minimum": 0, "maximum": 9223372036.854775807},
            {"type": "string", "pattern": "^(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?$"}
          ]
        },
        "effects": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
    \#(members(TrafficClass.self, ##"{"$ref": "#/$defs/effect"}"##, indent: 8))
          }
        },
        "effect": {"enum": \#(words(BudgetEffect.self))},
        "rules": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "quality_floor": {
              "description": "The least grade that may answer, but for a last resort.",
              "$ref": "#/$defs/grade",
              "default": "\#(ClassPolicy().qualityFloor.rawValue)"
            },
            "steps": {
              "description": "In the order in which they are tried.",
              "type": "array",
              "minItems": 1,
              "maxItems": \#(ClassPolicy.maximumSteps),
              "items": {
                "anyOf": [{"$ref": "#/$defs/model_step"}, {"$ref": "#/$defs/action_step"}]
              }
            },
            "retries_per_step": {
              "description": "How often a step is tried again right after it failed.",
              "$ref": "#/$defs/count",
              "default": 0
            },
            "stop": {"$ref": "#/$defs/stop"}
          }
        },
        "model_step": {
          "type": "object",
          "additionalProperties": false,
          "required": ["model"],
          "properties": {
            "model": {
              "description": "`primary` is what the request asks for; others are provider/model.",
              "type": "string",
              "pattern": "^(primary|[^/]+/[\\s\\S]+)$"
            },
            "premium": {"type": "boolean", "default": false},
            "last_resort": {
              "description": "May be below the floor, and outlasts `provider_failures`.",
              "type": "boolean",
              "default": false
            },
            "notice": {"$ref": "#/$defs/text"}
          }
        },
        "action_step": {
          "type": "object",
          "additionalProperties": false,
          "required": ["action"],
          "properties": {
            "action": {"enum": \#(words(StepAction.self))},
            "premium": {"type": "boolean", "default": false},
            "notice": {"$ref": "#/$defs/text"}
          }
        },
        "stop": {
          "description": "The hard stop; a limit is reached at its value.",
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "provider_failures": {
              "description": "Distinct failed providers, from which on only last resorts are paid.",
              "$ref": "#/$defs/count"
            },
            "elapsed_ms": {
              "description": "Since the request began, from which on nothing is paid.",
              "$ref": "#/$defs/count"
            },
            "budget_utilisation": {
              "description": "Of the tenant's month, from which on nothing is paid; 1 is all of it.",
              "$ref": "#/$defs/decimal"
            },
            "daily_budget_usd": {
              "description": "Of the tenant's class and day, from which on nothing is paid.",
              "$ref": "#/$defs/decimal"
            },
            "retry_budget": {
              "description": "How often a request may be paused.",
              "$ref": "#/$defs/count"
            }
          }
        }
      }
    }

    """#

  /// `["a", "b"]`.
  private static func words<Word: RawRepresentable<String> & CaseIterable>(
    _ type: Word.Type
  ) -> String {
    "[" + Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ") + "]"
  }

  /// `"a": value` for each word, a line each.
  private static func members<Word: RawRepresentable<String> & CaseIterable>(
    _ type: Word.Type, _ value: String, indent: Int
  ) -> String {
    let lead = String(repeating: " ", count: indent)
    return Word.allCases.map { "\(lead)\"\($0.rawValue)\": \(value)" }.joined(separator: ",\n")
  }

  private static func attributes(indent: Int) -> String {
    members(AttributionField.self, ##"{"$ref": "#/$defs/pattern"}"##, indent: indent)
  }
}
