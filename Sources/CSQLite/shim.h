#pragma once
#include <sqlite3.h>

/// Keeps SQLite from counting its memory, which takes a lock at every allocation and is asked for
/// nowhere, and has it take names that begin with `file:` as URIs. Has an effect only before SQLite is
/// first used in a process.
static inline int sqlite_set_up(void) {
  int code = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  return code == SQLITE_OK ? sqlite3_config(SQLITE_CONFIG_URI, 1) : code;
}

/// Has a name in double quotes that no column has be a mistake, and not a text.
static inline int sqlite_with_strict_quotes(sqlite3 *connection) {
  return sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DML, 0, (int *)0);
}
