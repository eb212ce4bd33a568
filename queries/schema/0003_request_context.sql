-- What logs say of requests in lines of their own: the spans that stand above the calls of a model in
-- OpenTelemetry's traces. A request's attempts take from it what they leave out, whichever was read
-- first.
CREATE TABLE request_context (
  id             INTEGER PRIMARY KEY,
  -- A 64-bit hash of the id, as in the runs of keys; the program compares the texts.
  key            INTEGER NOT NULL,
  request_id     TEXT    NOT NULL,
  -- The context above, which fills in what this one leaves out.
  parent_key     INTEGER,
  parent_id      TEXT,
  content_hash   INTEGER NOT NULL,
  file_id        INTEGER NOT NULL REFERENCES input_file DEFERRABLE INITIALLY DEFERRED,
  line           INTEGER NOT NULL,
  tenant_id      INTEGER REFERENCES tenant,
  tier_id        INTEGER REFERENCES tier,
  user_id        ANY,
  application_id INTEGER REFERENCES application,
  feature_id     INTEGER REFERENCES feature,
  workflow_id    INTEGER REFERENCES workflow,
  assistant_id   INTEGER REFERENCES assistant,
  thread_id      ANY,
  session_id     ANY,
  environment_id INTEGER REFERENCES environment,
  CHECK ((parent_key IS NULL) = (parent_id IS NULL))
) STRICT;
CREATE INDEX request_context_by_key ON request_context (key);
CREATE INDEX request_context_by_parent ON request_context (parent_key)
  WHERE parent_key IS NOT NULL;
CREATE INDEX request_context_by_file ON request_context (file_id);
