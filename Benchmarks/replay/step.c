/* Steps the columns that a replay reads, with SQLite alone, and touches each: step LEDGER. */
#include <sqlite3.h>
#include <stdio.h>
#include <time.h>

static const char *const sql =
    "SELECT id, started_ms, tenant_id, workflow_id, given_class, primary_route_id, status,"
    " coalesce(event_revenue_nano_usd, terms_revenue_nano_usd, 0),"
    " iif(status = 1, cost_nano_usd - wasted_nano_usd - premium_nano_usd, NULL), action, route_id,"
    " outcome, failure_kind, latency_ms, input_tokens, cached_input_tokens, cache_write_tokens,"
    " output_tokens, cost_nano_usd, cost_source, budget_limit_nano_usd, budget_spent_nano_usd,"
    " prepaid_balance_nano_usd, session_id, ifnull(tier_id, terms_tier_id), feature_id,"
    " environment_id FROM stored_request ORDER BY id";

int main(int count, char **arguments) {
  sqlite3 *ledger;
  sqlite3_stmt *rows;
  if (count != 2 ||
      sqlite3_open_v2(arguments[1], &ledger, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, 0) ||
      sqlite3_prepare_v2(ledger, sql, -1, &rows, 0)) {
    fprintf(stderr, "step LEDGER: %s\n", count == 2 ? sqlite3_errmsg(ledger) : "no ledger");
    return 1;
  }
  clock_t start = clock();
  long stepped = 0;
  sqlite3_int64 sum = 0;
  int columns = sqlite3_column_count(rows);
  while (sqlite3_step(rows) == SQLITE_ROW) {
    stepped++;
    for (int column = 0; column < columns; column++) sum ^= sqlite3_column_int64(rows, column);
  }
  double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
  printf("%ld %.6f %lld\n", stepped, seconds, (long long)sum);
  return 0;
}
