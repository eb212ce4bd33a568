extension VerifyTests {
  /// What each check is there to see. Where one wrong value breaks several promises, the one named is
  /// among them.
  static let mutations: [(check: String, sql: String)] = [
    ("constraints", "UPDATE input_file SET bytes = -1 WHERE id = 1"),
    ("constraints", "UPDATE key_run SET number_bytes = 9 WHERE id = 1"),
    ("schema", "DROP INDEX request_by_day"),
    ("schema", "CREATE TABLE note (text TEXT)"),
    ("schema", "DROP VIEW requests; CREATE VIEW requests AS SELECT * FROM request"),
    (
      "schema",
      "CREATE TRIGGER silent AFTER UPDATE ON stored_request BEGIN DELETE FROM stored_attempt; END"
    ),
    ("references", "UPDATE stored_request SET workflow_id = 999 WHERE id = 1"),
    ("references", "UPDATE stored_attempt SET file_id = 999"),
    ("references", "UPDATE rejected_line SET mended_by = 999 WHERE id = 1"),
    ("words", "UPDATE request_status SET name = 'lost' WHERE id = 6"),
    ("words", "INSERT INTO failure_kind VALUES (14, 'gremlins')"),
    ("conserved_lines", "UPDATE input_file SET lines = lines + 1 WHERE id = 1"),
    ("conserved_lines", "UPDATE input_file SET blank = -1, rejected = rejected + 2 WHERE id = 1"),
    (
      "accepted_lines",
      "UPDATE input_file SET accepted = accepted - 1, duplicates = duplicates + 1 WHERE id = 1"
    ),
    ("accepted_lines", "UPDATE stored_request SET file_id = 2 WHERE id = \(lone)"),
    ("accepted_lines", "DELETE FROM stored_attempt WHERE request_id = \(several)"),
    ("lines_used_once", "UPDATE stored_attempt SET line = 2"),
    ("lines_used_once", "UPDATE stored_request SET line = 1000 WHERE id = \(lone)"),
    (
      "quarantined_lines",
      "UPDATE input_file SET rejected = 0, blank = blank + rejected WHERE id = 1"
    ),
    ("quarantined_lines", "UPDATE rejected_line SET code = 'conflict' WHERE code <> 'conflict'"),
    ("attempts_have_requests", "DELETE FROM stored_request WHERE id = \(several)"),
    (
      "attempts_have_requests",
      "UPDATE stored_attempt SET request_id = 999 WHERE request_id = \(several)"
    ),
    (
      "attempts_have_requests",
      "UPDATE stored_request SET content_hash = 1 WHERE id = \(several)"
    ),
    ("requests_have_attempts", "DELETE FROM stored_attempt WHERE request_id = \(several)"),
    ("requests_have_attempts", "UPDATE stored_request SET content_hash = NULL"),
    ("attempt_contexts", "UPDATE attempt_context SET tenant_id = 999"),
    ("attempt_contexts", "UPDATE attempt_context SET place = 999"),
    (
      "request_sums",
      "UPDATE stored_request SET output_tokens = output_tokens + 1 WHERE id = \(several)"
    ),
    ("request_sums", "UPDATE stored_attempt SET input_tokens = input_tokens + 1"),
    ("request_sums", "UPDATE stored_attempt SET cost_nano_usd = 9223372036854775807"),
    ("day_plans", "UPDATE plan_day SET planned_nano_usd = planned_nano_usd - 1"),
    ("day_plans", "DELETE FROM plan_day"),
    ("day_plans", "INSERT INTO plan_day VALUES (1, 0, 1, 5, 1)"),
    ("month_plans", "UPDATE plan_month SET requests = requests + 1"),
    ("month_plans", "UPDATE plan_month SET planned_carry = planned_carry + 1"),
    ("month_plans", "INSERT INTO plan_month VALUES (1, 1, 0, 5, 1)"),
    (
      "margin_bridge",
      "UPDATE stored_request SET status = 9, event_revenue_nano_usd = 7 WHERE id = 1"
    ),
    ("cuts_add_up", "DELETE FROM tenant WHERE id = 1"),
    (
      "cuts_add_up",
      "DELETE FROM route WHERE id = (SELECT primary_route_id FROM stored_request LIMIT 1)"
    ),
    (
      "cuts_add_up",
      "UPDATE stored_request SET cost_nano_usd = cost_nano_usd + 1 WHERE id = \(several)"
    ),
    (
      "fee_shares",
      "UPDATE stored_request SET fee_share_nano_usd = fee_share_nano_usd + 1 WHERE id = 1"
    ),
    ("fee_shares", "UPDATE stored_request SET fee_share_nano_usd = 0"),
    ("fee_shares", "UPDATE tenant_terms SET monthly_fee_nano_usd = monthly_fee_nano_usd + 1"),
    ("keys", "DELETE FROM key_chunk WHERE id = (SELECT max(id) FROM key_chunk)"),
    ("keys", "DELETE FROM key_run WHERE kind = 1"),
    (
      "keys",
      """
      UPDATE key_chunk SET entries = CAST(substr(entries, 2) || x'00' AS BLOB)
      WHERE id = (SELECT min(id) FROM key_chunk)
      """
    ),
    (
      "keys",
      """
      INSERT INTO key_run SELECT 900, kind, bits, number_bytes, keys FROM key_run
        WHERE kind = 0 LIMIT 1;
      INSERT INTO key_chunk SELECT (900 << 20) + (id & 1048575), entries FROM key_chunk
        WHERE id >> 20 = (SELECT id FROM key_run WHERE kind = 0 LIMIT 1)
      """
    ),
    ("contents", "UPDATE stored_request SET user_id = user_id || 'x'"),
    ("contents", "UPDATE stored_request SET session_id = 'another' WHERE id = \(lone)"),
    ("contents", "UPDATE stored_request SET thread_id = 'another' WHERE id = \(lone)"),
    ("contents", "UPDATE stored_request SET user_id = CAST(user_id AS BLOB)"),
    (
      "contents",
      "UPDATE stored_request SET latency_ms = ifnull(latency_ms, 0) + 1 WHERE id = \(lone)"
    ),
    ("contents", "UPDATE stored_attempt SET own_index = own_index + 1"),
    ("contents", "UPDATE stored_request SET usage_detail = '{\"audio_input_tokens\":1}'"),
    ("contents", "UPDATE stored_request SET usage_detail = NULL"),
    ("contents", "UPDATE stored_request SET priced_model_id = 1"),
    ("words", "UPDATE service_tier SET name = 'slow' WHERE id = 1"),
    ("request_sums", "UPDATE stored_request SET catalog_part_nano_usd = 1"),
    ("derivations", "UPDATE contract_price SET multiplier_billionths = 1"),
    ("derivations", "UPDATE stored_request SET list_cost_nano_usd = list_cost_nano_usd + 1"),
    ("derivations", "UPDATE stored_request SET list_cost_nano_usd = NULL"),
    ("derivations", "UPDATE price SET output_usd = '0.5'"),
    ("derivations", "DELETE FROM policy"),
    ("derivations", "UPDATE tenant_terms SET tier = 'unheard-of'"),
    ("derivations", "UPDATE tenant_terms SET revenue_per_request_nano_usd = 1"),
    ("derivations", "DELETE FROM attempt_context"),
    (
      "derivations",
      """
      INSERT INTO attempt_context SELECT a.request_id, a.place, r.tenant_id, r.tier_id, r.user_id,
        r.application_id, r.feature_id, r.workflow_id, r.assistant_id, r.thread_id, r.session_id,
        r.environment_id, r.given_class, iif(r.primary_is_stated, r.primary_route_id, NULL)
      FROM stored_attempt a JOIN stored_request r ON r.id = a.request_id
      WHERE a.place = 1 AND a.request_id NOT IN (SELECT request_id FROM attempt_context) LIMIT 1
      """
    ),
    (
      "derivations",
      "UPDATE stored_attempt SET place = 9 WHERE place = 0 AND request_id = \(several)"
    ),
    ("derivations", "UPDATE stored_attempt SET request_day = 7 WHERE request_id = \(several)"),
    ("derivations", "UPDATE stored_attempt SET cost_nano_usd = cost_nano_usd + 1"),
    ("derivations", "UPDATE stored_request SET catalog_cost_nano_usd = 1 WHERE id = \(lone)"),
    ("derivations", "UPDATE stored_request SET cost_source = 2 WHERE id = \(lone)"),
    ("derivations", "UPDATE stored_request SET outcome = 1 - outcome WHERE id = \(lone)"),
    (
      "closed_months",
      "UPDATE closed_file SET content = CAST(content || ' ' AS BLOB) WHERE name = 'journal'"
    ),
    ("closed_months", "UPDATE closed_file SET sha256 = replace(sha256, '0', '1')"),
    ("closed_months", "DELETE FROM closed_file WHERE name = 'totals'"),
    ("closed_months", "UPDATE closed_file SET rows = rows + 1 WHERE name = 'focus'"),
    ("closed_months", "UPDATE closed_file SET part = part + 1, name = 'csv' WHERE name = 'focus'"),
    ("closed_months", "UPDATE closed_fact SET amounts = amounts || '0' WHERE kind = 'charges'"),
    ("closed_months", "UPDATE closed_fact SET amounts = '0' || amounts || '0'"),
    ("closed_months", "DELETE FROM closed_fact WHERE kind = 'margins'"),
    ("closed_months", "UPDATE closed_fact SET month = month - 1 WHERE kind = 'charges'"),
    ("closed_months", "UPDATE closing SET month = month + 9 WHERE reopened_ms IS NOT NULL"),
    ("closed_months", "UPDATE closing SET manifest = manifest || ' '"),
    ("rollups", "UPDATE daily_sum SET cost_nano_usd = cost_nano_usd + 1 WHERE cut = 3"),
    ("rollups", "DELETE FROM daily_attempt"),
    ("rollups", "UPDATE hourly_request SET hour = hour + 24000"),
    ("rollups", "UPDATE stand_in_sum SET planned_nano_usd = planned_nano_usd + 1 WHERE cut = 2"),
    ("rollups", "UPDATE daily_sum SET stood_in_nano_usd = stood_in_nano_usd + 1 WHERE cut = 1"),
    ("rollups", "UPDATE daily_sum SET waiting = waiting + 1 WHERE cut = 3"),
    ("rollups", "UPDATE monthly_sum SET failed_attempts = failed_attempts + 1 WHERE cut = 2"),
    ("rollups", "DELETE FROM monthly_sum WHERE cut = 1"),
    ("rollups", "INSERT INTO monthly_wait VALUES (1, 24321, 0, 1, 1, 1, 1)"),
    ("rollups", "INSERT INTO monthly_wait VALUES (1, 9223372036854775807, 0, 1, 1, 1, 1)"),
    ("rollups", "UPDATE calendar SET name = name || '?'"),
    ("rollups", "INSERT INTO budget_limit VALUES (2, 2, 7, 7)"),
  ]

  /// A request with one attempt, and one with several.
  static let lone =
    "(SELECT min(id) FROM stored_request WHERE content_hash IS NOT NULL AND action = 0)"
  static let several = "(SELECT min(request_id) FROM stored_attempt)"
}
