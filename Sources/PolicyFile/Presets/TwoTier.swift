let twoTierPreset = #"""
  # Two classes of traffic: what users wait for, and everything else.
  #
  # Enough while one team watches one bill. Move on to `five-class` once batch work and experiments
  # compete with users for the budget, or tenants differ in what they pay for. Until then a request
  # that the gateway itself calls `batch`, say, runs its primary and nothing else.
  version: 1
  name: two-tier
  default_class: non_critical_user_facing

  classify:                      # the first rule that matches; * stands for any run of characters
    - {environment: [staging, test, dev], class: non_critical_user_facing}
    - {workflow: [support_chat, checkout_assist], class: critical_user_facing}

  models:                        # provider/model → grade: frontier > balanced > low_cost
    openai/gpt-5:            {grade: frontier}
    anthropic/claude-opus-4: {grade: frontier}
    openai/gpt-5-mini:       {grade: balanced}

  classes:
    critical_user_facing:
      quality_floor: balanced
      steps:
        - {model: primary}                    # what the request asked for
        - {model: openai/gpt-5-mini}          # the one cheaper fallback
      retries_per_step: 1
      stop: {elapsed_ms: 30000}
    non_critical_user_facing:
      steps:
        - {model: primary}
        - {model: openai/gpt-5-mini}
      stop: {budget_utilisation: 1.00}        # the month is spent: no more paid calls

  budget:
    prepaid_exhausted: reject

  loop_guard: {session_requests_per_minute: 120}

  """#
