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

/// The file of a connection's database, through which SQLite itself reads it; 0 where there is none.
static inline void *sqlite_file(sqlite3 *connection) {
  sqlite3_file *file = 0;
  int code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  return code == SQLITE_OK && file && file->pMethods ? file : 0;
}

/// Reads so many bytes from there on: a result code, SQLITE_CORRUPT where the file ends before.
static inline int sqlite_file_read(void *file, void *bytes, int count, sqlite3_int64 offset) {
  int code = ((sqlite3_file *)file)->pMethods->xRead((sqlite3_file *)file, bytes, count, offset);
  return code == SQLITE_IOERR_SHORT_READ ? SQLITE_CORRUPT : code;
}
