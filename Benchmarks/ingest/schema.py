"""The tables that the peers fill: names in dimensions, one row a request, one a line without doubles."""

NAMES = {
    "tenant": "tenant_id", "tier": "tenant_tier", "app_user": "user_id", "application": "application",
    "feature": "feature", "workflow": "workflow", "assistant": "assistant_id", "thread": "thread_id",
    "session": "session_id", "environment": "environment", "class": "traffic_class",
    "action": "action", "outcome": "outcome", "kind": "fkind", "message": "fmessage",
    "reason": "reason",
}
OF_REQUEST = ["tenant", "tier", "app_user", "application", "feature", "workflow", "assistant", "thread",
              "session", "environment", "class"]
OF_ATTEMPT = ["action", "outcome", "kind", "message", "reason"]
NUMBERS = ["http", "latency", "tokens_in", "tokens_cached", "tokens_written", "tokens_out",
           "tokens_reasoning", "cost", "revenue", "budget_limit", "budget_spent", "step"]
