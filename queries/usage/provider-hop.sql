-- +++
-- title = "Refused by one model, asked of another"
-- severity = "medium"
-- confidence = "medium"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A model or a guardrail refused, and within minutes the same request went to another model."
-- impact = "A refusal that is walked around protects nobody; the second model may have answered."
-- false_positives = [
--   "A refusal by mistake, and a person who tries another model.",
-- ]
-- next_steps = [
--   "SELECT time, provider, model, outcome, stop_reason FROM requests WHERE login = '{login}' ORDER BY time",
--   "Read what was asked in the session.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI01", "owasp-llm:2025:LLM01"]
-- [params]
-- minutes = 10
-- min_bytes = 40
-- [[case]]
-- name = "the same words to another provider"
-- requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
-- ]
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 2, time = 2026-03-10T09:04:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "openai", model = "gpt-5", session_id = "t", conversation_id = "d", outcome = "ok", stop_reason = "end_turn" },
-- ]
-- history_messages = [
--   { message_id = "m1", content_id = "x", conversation_id = "c", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
--   { message_id = "m2", content_id = "x", conversation_id = "d", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
-- ]
-- expect = [ { subject = "ana", login = "ana", session_id = "s", count = 1, evidence = ["e#1", "e#2"], reason = "anthropic/claude-opus-4-6 refused a request of ana (refusal), and 4 minutes later openai/gpt-5 was asked the same." } ]
-- [[case]]
-- name = "stopped by a guardrail, then another model in the same conversation"
-- requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "guardrail" },
-- ]
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "guardrail" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 2, time = 2026-03-10T09:04:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-haiku-4-5", session_id = "t", conversation_id = "c", outcome = "ok", stop_reason = "end_turn" },
-- ]
-- history_messages = [
--   { message_id = "m1", content_id = "x", conversation_id = "c", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
--   { message_id = "m2", content_id = "x", conversation_id = "d", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
-- ]
-- expect = [ { subject = "ana" } ]
-- [[case]]
-- name = "two other models are one finding"
-- requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
-- ]
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 2, time = 2026-03-10T09:04:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "openai", model = "gpt-5", session_id = "t", conversation_id = "d", outcome = "ok", stop_reason = "end_turn" },
--   { request_id = "r3", export_key = "e", record_id = 3, record_number = 3, time = 2026-03-10T09:06:00Z, login = "ana", device = "n1", provider = "google", model = "gemini-3", session_id = "u", conversation_id = "d", outcome = "ok" },
-- ]
-- history_messages = [
--   { message_id = "m1", content_id = "x", conversation_id = "c", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
--   { message_id = "m2", content_id = "x", conversation_id = "d", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
-- ]
-- expect = [ { count = 2 } ]
-- [[case]]
-- name = "the same model again"
-- requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
-- ]
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 2, time = 2026-03-10T09:04:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "t", conversation_id = "d", outcome = "ok", stop_reason = "end_turn" },
-- ]
-- history_messages = [
--   { message_id = "m1", content_id = "x", conversation_id = "c", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
--   { message_id = "m2", content_id = "x", conversation_id = "d", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "other words"
-- requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
-- ]
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 2, time = 2026-03-10T09:04:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "openai", model = "gpt-5", session_id = "t", conversation_id = "d", outcome = "ok", stop_reason = "end_turn" },
-- ]
-- history_messages = [
--   { message_id = "m1", content_id = "x", conversation_id = "c", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
--   { message_id = "m2", content_id = "y", conversation_id = "d", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "half an hour later"
-- requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
-- ]
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 2, time = 2026-03-10T09:30:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "openai", model = "gpt-5", session_id = "t", conversation_id = "d", outcome = "ok", stop_reason = "end_turn" },
-- ]
-- history_messages = [
--   { message_id = "m1", content_id = "x", conversation_id = "c", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
--   { message_id = "m2", content_id = "x", conversation_id = "d", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "nothing was refused"
-- requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "end_turn" },
-- ]
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "end_turn" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 2, time = 2026-03-10T09:04:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "openai", model = "gpt-5", session_id = "t", conversation_id = "d", outcome = "ok", stop_reason = "end_turn" },
-- ]
-- history_messages = [
--   { message_id = "m1", content_id = "x", conversation_id = "c", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
--   { message_id = "m2", content_id = "x", conversation_id = "d", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "a short word that everybody says"
-- requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
-- ]
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 2, time = 2026-03-10T09:04:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "openai", model = "gpt-5", session_id = "t", conversation_id = "d", outcome = "ok", stop_reason = "end_turn" },
-- ]
-- history_messages = [
--   { message_id = "m1", content_id = "x", conversation_id = "c", login = "ana", role = "user", kind = "text", bytes = 5, time = 2026-03-10T09:00:00Z },
--   { message_id = "m2", content_id = "x", conversation_id = "d", login = "ana", role = "user", kind = "text", bytes = 5, time = 2026-03-10T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "the other model failed"
-- requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
-- ]
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 2, time = 2026-03-10T09:04:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "openai", model = "gpt-5", session_id = "t", conversation_id = "d", outcome = "upstream_error", stop_reason = "end_turn" },
-- ]
-- history_messages = [
--   { message_id = "m1", content_id = "x", conversation_id = "c", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
--   { message_id = "m2", content_id = "x", conversation_id = "d", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "another user"
-- requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
-- ]
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 2, time = 2026-03-10T09:04:00Z, login = "ben", device = "n1", agent = "Claude Code", provider = "openai", model = "gpt-5", session_id = "t", conversation_id = "d", outcome = "ok", stop_reason = "end_turn" },
-- ]
-- history_messages = [
--   { message_id = "m1", content_id = "x", conversation_id = "c", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
--   { message_id = "m2", content_id = "x", conversation_id = "d", login = "ben", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "nobody else was asked"
-- requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
-- ]
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1", agent = "Claude Code", provider = "anthropic", model = "claude-opus-4-6", session_id = "s", conversation_id = "c", outcome = "ok", stop_reason = "refusal" },
-- ]
-- history_messages = [
--   { message_id = "m1", content_id = "x", conversation_id = "c", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
--   { message_id = "m2", content_id = "x", conversation_id = "d", login = "ana", role = "user", kind = "text", bytes = 80, time = 2026-03-10T09:00:00Z },
-- ]
-- expect = []
-- +++
WITH refused AS (
  SELECT r.request_id, r.time, r.login, r.device, r.agent, r.session_id, r.conversation_id, coalesce(r.provider || '/', '') || coalesce(r.model, 'a model') AS model,
         coalesce(s.stop_reason, r.outcome) AS why, r.export_key, r.record_id
  FROM requests r
  LEFT JOIN catalog_refusal_stops s ON s.stop_reason = lower(r.stop_reason)
  WHERE r.outcome = 'guardrail' OR s.stop_reason IS NOT NULL
),
asked AS (
  SELECT DISTINCT m.login, m.conversation_id, m.content_id
  FROM history_messages m
  JOIN (SELECT DISTINCT login FROM refused) f ON f.login = m.login
  WHERE m.role = 'user' AND m.kind = 'text' AND m.bytes >= $min_bytes
),
same AS (
  SELECT DISTINCT a.login, a.conversation_id, b.conversation_id AS other
  FROM asked a
  JOIN asked b ON b.login = a.login AND b.content_id = a.content_id
),
hops AS (
  SELECT r.*, coalesce(n.provider || '/', '') || coalesce(n.model, 'a model') AS next_model, n.time AS next_time, n.export_key AS next_export, n.record_id AS next_record
  FROM refused r
  JOIN same s ON s.login = r.login AND s.conversation_id = r.conversation_id
  JOIN history_requests n ON n.login = r.login AND n.conversation_id = s.other
  WHERE n.outcome = 'ok' AND n.time > r.time AND CAST(n.time AS BIGINT) - CAST(r.time AS BIGINT) <= $minutes * 60000000
    AND coalesce(n.provider || '/', '') || coalesce(n.model, 'a model') <> r.model
)
SELECT
  login AS subject,
  model || ' refused a request of ' || login || ' (' || why || '), and '
    || CAST((CAST(min(next_time) AS BIGINT) - CAST(time AS BIGINT)) / 60000000 AS VARCHAR) || ' minutes later '
    || first_value(next_model ORDER BY next_time, next_model) || ' was asked the same.' AS reason,
  time AS first_seen,
  max(next_time) AS last_seen,
  count(DISTINCT next_export || CAST(coalesce(next_record, -1) AS VARCHAR)) AS count,
  session_id,
  login, device, agent,
  request_id AS key,
  array_prepend(evidence(export_key, record_id), array_agg(evidence(next_export, next_record) ORDER BY next_time, next_export, next_record)) AS evidence
FROM hops
GROUP BY request_id, time, login, device, agent, session_id, model, why, export_key, record_id
ORDER BY time, request_id
