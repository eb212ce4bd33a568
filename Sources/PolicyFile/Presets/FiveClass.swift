let fiveClassPreset = #"""
  version: 1
  name: five-class
  default_class: non_critical_user_facing

  classify:                      # first rule that matches: every attribution field it names matches, a list is "any of",
                                 # * stands for any run of characters; a field the request lacks matches nothing
    - {environment: [staging, test, dev], class: experiment}
    - {workflow: [support_chat, checkout_assist], class: critical_user_facing}
    - {feature: "nightly_*", class: batch}

  models:                        # provider/model → grade: frontier > balanced > low_cost
    openai/gpt-5:            {grade: frontier}
    anthropic/claude-opus-4: {grade: frontier}
    openai/gpt-5-mini:       {grade: balanced}
    openai/gpt-5-nano:       {grade: low_cost}

  tiers:                         # may this tier use steps marked premium? a tier not listed: default
    enterprise: {premium: true}
    pro:        {premium: true}
    default:    {premium: false}

  failures:
    retryable: [timeout, rate_limited, server_error, network, overloaded, stream_dropped]
    useful_output_tokens: 1      # a stream_dropped attempt that had given this many output tokens is not retryable

  never_downgrade:               # same matching as classify, without class
    - {workflow: [contract_review, "medical_*"]}

  classes:
    critical_user_facing:
      quality_floor: balanced
      steps:
        - {model: primary}                                                 # what the request asked for
        - {model: anthropic/claude-opus-4, premium: true}
        - {model: openai/gpt-5-mini, last_resort: true, notice: uncertain}
      retries_per_step: 0
      stop: {provider_failures: 2, elapsed_ms: 30000}
    non_critical_user_facing:
      quality_floor: low_cost
      steps: [{model: primary}, {model: openai/gpt-5-mini}, {action: cached_response}]
      stop: {budget_utilisation: 1.00}
    internal_automation:
      quality_floor: low_cost
      steps: [{model: primary}, {model: openai/gpt-5-nano}, {action: queue}]
      stop: {daily_budget_usd: 25}
    batch:
      quality_floor: low_cost
      steps: [{model: primary}, {action: pause}, {action: manual_review}]
      stop: {retry_budget: 2}
    experiment:
      quality_floor: low_cost
      steps: [{model: primary}]

  budget:
    stages: {watch: 0.70, constrained: 0.80, critical_only: 0.95}          # below watch: normal
    effects:                                                               # left out: none
      constrained:   {non_critical_user_facing: downgrade, internal_automation: downgrade, batch: downgrade, experiment: downgrade}
      critical_only: {non_critical_user_facing: unpaid_only, internal_automation: unpaid_only, batch: block, experiment: block}
    prepaid_exhausted: reject

  loop_guard: {session_requests_per_minute: 120, session_cost_usd_per_day: 20}   # each optional

  """#
