"""The schema under which DuckDB reads a log."""

COLUMNS = """{v:'INTEGER', event_id:'VARCHAR', request_id:'VARCHAR', attempt:'UTINYINT', ts:'TIMESTAMP',
 tenant_id:'VARCHAR', tenant_tier:'VARCHAR', user_id:'VARCHAR', application:'VARCHAR',
 feature:'VARCHAR', workflow:'VARCHAR', assistant_id:'VARCHAR', thread_id:'VARCHAR',
 session_id:'VARCHAR', environment:'VARCHAR', traffic_class:'VARCHAR',
 "primary":'STRUCT(provider VARCHAR, model VARCHAR)', route:'STRUCT(provider VARCHAR, model VARCHAR)',
 action:'VARCHAR', outcome:'VARCHAR',
 failure:'STRUCT(kind VARCHAR, http_status SMALLINT, message VARCHAR)', latency_ms:'INTEGER',
 usage:'STRUCT(input_tokens INTEGER, cached_input_tokens INTEGER, cache_write_tokens INTEGER,
   output_tokens INTEGER, reasoning_tokens INTEGER)',
 cost_usd:'DECIMAL(18,9)', revenue_usd:'DECIMAL(18,9)',
 budget:'STRUCT(limit_usd DECIMAL(18,9), spent_usd DECIMAL(18,9))',
 decision:'STRUCT(step INTEGER, reason VARCHAR)'}"""
