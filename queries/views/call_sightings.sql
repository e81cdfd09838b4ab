-- +++
-- doc = "Every sighting of a tool call, and the one sighting that stands for the call everywhere."
-- materialise = true
-- [columns]
-- kept_uid = "The call_uid that stands for the call; equal to `call_uid` for the sighting that is kept."
-- [[case]]
-- name = "two exports show the same call: the earlier sighting stands for it"
-- "lake.tool_calls" = [
--   { call_uid = "c1", call_id = "a1", element_id = "m1", export_key = "e2", record_id = 20, time = 2026-03-01T10:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d1" },
--   { call_uid = "c1", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d1" },
-- ]
-- expect = [
--   { call_uid = "c1", kept_uid = "c1", export_key = "e1" },
-- ]
-- [[case]]
-- name = "a resumed session replays it in a new conversation"
-- "lake.tool_calls" = [
--   { call_uid = "c1", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d1" },
--   { call_uid = "c2", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 11, time = 2026-03-01T09:05:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k2", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d1" },
-- ]
-- expect = [
--   { call_uid = "c1", kept_uid = "c1" },
--   { call_uid = "c2", kept_uid = "c1" },
-- ]
-- [[case]]
-- name = "the session's id changes within the conversation"
-- "lake.tool_calls" = [
--   { call_uid = "c1", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d1" },
--   { call_uid = "c2", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 11, time = 2026-03-01T09:05:00Z, login = "u@example.com", device = "n1", session_id = "s2", conversation_id = "k1", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d1" },
-- ]
-- expect = [
--   { call_uid = "c1", kept_uid = "c1" },
--   { call_uid = "c2", kept_uid = "c1" },
-- ]
-- [[case]]
-- name = "replayed in a third conversation after the session's id changed"
-- "lake.tool_calls" = [
--   { call_uid = "c1", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d1" },
--   { call_uid = "c2", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 11, time = 2026-03-01T09:05:00Z, login = "u@example.com", device = "n1", session_id = "s2", conversation_id = "k1", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d1" },
--   { call_uid = "c3", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 12, time = 2026-03-01T09:10:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k2", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d1" },
-- ]
-- expect = [
--   { call_uid = "c1", kept_uid = "c1" },
--   { call_uid = "c2", kept_uid = "c1" },
--   { call_uid = "c3", kept_uid = "c1" },
-- ]
-- [[case]]
-- name = "neither session nor conversation is shared: two calls"
-- "lake.tool_calls" = [
--   { call_uid = "c1", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d1" },
--   { call_uid = "c2", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 11, time = 2026-03-01T09:05:00Z, login = "u@example.com", device = "n1", session_id = "s2", conversation_id = "k2", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d1" },
-- ]
-- expect = [
--   { call_uid = "c1", kept_uid = "c1" },
--   { call_uid = "c2", kept_uid = "c2" },
-- ]
-- [[case]]
-- name = "other arguments, another login, another id: calls of their own"
-- "lake.tool_calls" = [
--   { call_uid = "c1", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d1" },
--   { call_uid = "c2", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d2" },
--   { call_uid = "c3", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "v@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d1" },
--   { call_uid = "c4", call_id = "a2", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d1" },
-- ]
-- expect = [
--   { call_uid = "c1", kept_uid = "c1" },
--   { call_uid = "c2", kept_uid = "c2" },
--   { call_uid = "c3", kept_uid = "c3" },
--   { call_uid = "c4", kept_uid = "c4" },
-- ]
-- [[case]]
-- name = "without an id, the history adds nothing to an answer that was seen"
-- "lake.tool_calls" = [
--   { call_uid = "c1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "response", raw_name = "read", arguments_digest = "d1" },
--   { call_uid = "c2", element_id = "m1", export_key = "e1", record_id = 11, time = 2026-03-01T09:05:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d1" },
-- ]
-- expect = [
--   { call_uid = "c1", kept_uid = "c1" },
-- ]
-- [[case]]
-- name = "without an id and without the answer, the history is all there is"
-- "lake.tool_calls" = [
--   { call_uid = "c1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "response", raw_name = "read", arguments_digest = "d1" },
--   { call_uid = "c2", element_id = "m2", export_key = "e1", record_id = 11, time = 2026-03-01T09:05:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "request", raw_name = "read", arguments_digest = "d1" },
-- ]
-- expect = [
--   { call_uid = "c1", kept_uid = "c1" },
--   { call_uid = "c2", kept_uid = "c2" },
-- ]
-- +++
WITH by_export AS (
  -- The same call seen from several exports: the earliest sighting stands for it.
  SELECT call_uid, first_value(export_key ORDER BY time, export_key, record_id) AS export_key
  FROM lake.tool_calls
  GROUP BY call_uid
),
-- Without an id, the history cannot tell which of several equal answers it repeats. Where an answer with the message
-- was seen, the history adds nothing.
said AS (
  SELECT DISTINCT element_id FROM lake.tool_calls WHERE call_id IS NULL AND direction = 'response'
),
calls AS (
  SELECT c.call_uid, c.call_id, c.export_key, c.record_id, c.time, c.login, c.device, c.session_id, c.conversation_id, c.position,
         c.part, c.raw_name, c.arguments_digest,
         -- Calls without an id are told apart by their uid alone.
         coalesce('id:' || c.call_id, 'uid:' || c.call_uid) AS identity
  FROM lake.tool_calls c
  JOIN by_export e ON e.call_uid = c.call_uid AND e.export_key = c.export_key
  LEFT JOIN said a ON a.element_id = c.element_id
  WHERE c.call_id IS NOT NULL OR c.direction = 'response' OR a.element_id IS NULL
),
-- A resumed or compacted session replays old calls in a new conversation, and a client may change its session id
-- within a conversation. Equal calls are one call if they share either; they are two if they share neither.
in_conversation AS (
  SELECT *, first_value(call_uid) OVER (
           PARTITION BY login, device, identity, raw_name, arguments_digest, conversation_id
           ORDER BY time, export_key, record_id, call_uid) AS first_uid
  FROM calls
),
firsts AS (
  SELECT * FROM in_conversation WHERE first_uid = call_uid
),
in_session AS (
  SELECT call_uid, first_value(call_uid) OVER (
           PARTITION BY login, device, identity, raw_name, arguments_digest, session_id
           ORDER BY time, export_key, record_id, call_uid) AS kept_uid
  FROM firsts
)
SELECT c.call_uid, c.call_id, c.export_key, c.conversation_id, c.position, c.part, c.raw_name, s.kept_uid
FROM in_conversation c
JOIN in_session s ON s.call_uid = c.first_uid
