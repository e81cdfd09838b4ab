-- +++
-- doc = "Every tool call of the lake once, whichever exports, conversations and retries show it, with what came back."
-- materialise = true
-- [columns]
-- agent = "Agent whose model asked."
-- integration = "What brings the tool: an agent, an MCP server, a connector, `provider-side` or `client-defined`."
-- integration_kind = "built-in, mcp, aperture-connector, provider-side or client-defined; `catalog_integration_kinds` says what each means."
-- tool = "Name of the tool without any server prefix."
-- seq = "Position among the calls of its conversation, from 1."
-- outcome = "attempted (nothing came back), ok, error, or refused by a person or a policy."
-- result_bytes = "Size of the result in bytes."
-- seconds_to_result = "Seconds from the call to the request that carried its result."
-- result_message_id = "The message that holds the result."
-- result_record_id = "Record id of the request that first carried the result."
-- result_export_key = "Export of that request."
-- [[case]]
-- name = "a result by its id"
-- "lake.tool_calls" = [
--   { call_uid = "c1", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "response", raw_name = "read", arguments_digest = "d1", naming = "plain", name_tool = "read", name_peers = 0, runs_at = "client", arguments = "{}" },
-- ]
-- call_sightings = [
--   { call_uid = "c1", call_id = "a1", export_key = "e1", conversation_id = "k1", position = 1, part = 0, raw_name = "read", kept_uid = "c1" },
-- ]
-- "lake.tool_results" = [
--   { call_id = "a1", message_id = "r1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:20Z, login = "u@example.com", device = "n1", conversation_id = "k1", position = 2, part = 0, outcome = "ok", bytes = 100 },
-- ]
-- expect = [
--   { call_uid = "c1", outcome = "ok", result_message_id = "r1", result_record_id = 11, result_bytes = 100, seconds_to_result = 20.0, seq = 1 },
-- ]
-- [[case]]
-- name = "nothing came back"
-- "lake.tool_calls" = [
--   { call_uid = "c1", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "response", raw_name = "read", arguments_digest = "d1", naming = "plain", name_tool = "read", name_peers = 0, runs_at = "client", arguments = "{}" },
-- ]
-- call_sightings = [
--   { call_uid = "c1", call_id = "a1", export_key = "e1", conversation_id = "k1", position = 1, part = 0, raw_name = "read", kept_uid = "c1" },
-- ]
-- expect = [
--   { call_uid = "c1", outcome = "attempted" },
-- ]
-- [[case]]
-- name = "an error as the format says it"
-- "lake.tool_calls" = [
--   { call_uid = "c1", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "response", raw_name = "read", arguments_digest = "d1", naming = "plain", name_tool = "read", name_peers = 0, runs_at = "client", arguments = "{}" },
-- ]
-- call_sightings = [
--   { call_uid = "c1", call_id = "a1", export_key = "e1", conversation_id = "k1", position = 1, part = 0, raw_name = "read", kept_uid = "c1" },
-- ]
-- "lake.tool_results" = [
--   { call_id = "a1", message_id = "r1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:20Z, login = "u@example.com", device = "n1", conversation_id = "k1", position = 2, part = 0, outcome = "error", bytes = 100 },
-- ]
-- expect = [
--   { outcome = "error" },
-- ]
-- [[case]]
-- name = "a person refused it"
-- "lake.tool_calls" = [
--   { call_uid = "c1", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "response", raw_name = "read", arguments_digest = "d1", naming = "plain", name_tool = "read", name_peers = 0, runs_at = "client", arguments = "{}" },
-- ]
-- call_sightings = [
--   { call_uid = "c1", call_id = "a1", export_key = "e1", conversation_id = "k1", position = 1, part = 0, raw_name = "read", kept_uid = "c1" },
-- ]
-- "lake.tool_results" = [
--   { call_id = "a1", message_id = "r1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:20Z, login = "u@example.com", device = "n1", conversation_id = "k1", position = 2, part = 0, outcome = "error", bytes = 100 },
-- ]
-- "lake.messages" = [
--   { message_id = "r1", element_id = "m-r1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:20Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 2, part = 0, role = "tool", kind = "tool_result", bytes = 79, text = "The user doesn't want to proceed with this tool use. The tool use was rejected.", direction = "request" },
-- ]
-- expect = [
--   { outcome = "refused" },
-- ]
-- [[case]]
-- name = "a long result that quotes a refusal is none"
-- "lake.tool_calls" = [
--   { call_uid = "c1", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "response", raw_name = "read", arguments_digest = "d1", naming = "plain", name_tool = "read", name_peers = 0, runs_at = "client", arguments = "{}" },
-- ]
-- call_sightings = [
--   { call_uid = "c1", call_id = "a1", export_key = "e1", conversation_id = "k1", position = 1, part = 0, raw_name = "read", kept_uid = "c1" },
-- ]
-- "lake.tool_results" = [
--   { call_id = "a1", message_id = "r1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:20Z, login = "u@example.com", device = "n1", conversation_id = "k1", position = 2, part = 0, outcome = "ok", bytes = 9000 },
-- ]
-- "lake.messages" = [
--   { message_id = "r1", element_id = "m-r1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:20Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 2, part = 0, role = "tool", kind = "tool_result", bytes = 9000, text = "The user doesn't want to proceed with this tool use. The tool use was rejected.", direction = "request" },
-- ]
-- expect = [
--   { outcome = "ok" },
-- ]
-- [[case]]
-- name = "a model that counts its ids anew: the nearest result after the call"
-- "lake.tool_calls" = [
--   { call_uid = "c1", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "response", raw_name = "read", arguments_digest = "d1", naming = "plain", name_tool = "read", name_peers = 0, runs_at = "client", arguments = "{}" },
--   { call_uid = "c2", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:01:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 3, part = 0, direction = "response", raw_name = "read", arguments_digest = "d1", naming = "plain", name_tool = "read", name_peers = 0, runs_at = "client", arguments = "{}" },
-- ]
-- call_sightings = [
--   { call_uid = "c1", call_id = "a1", export_key = "e1", conversation_id = "k1", position = 1, part = 0, raw_name = "read", kept_uid = "c1" },
--   { call_uid = "c2", call_id = "a1", export_key = "e1", conversation_id = "k1", position = 3, part = 0, raw_name = "read", kept_uid = "c2" },
-- ]
-- "lake.tool_results" = [
--   { call_id = "a1", message_id = "r1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:20Z, login = "u@example.com", device = "n1", conversation_id = "k1", position = 2, part = 0, outcome = "ok", bytes = 100 },
--   { call_id = "a1", message_id = "r2", export_key = "e1", record_id = 11, time = 2026-03-01T09:01:10Z, login = "u@example.com", device = "n1", conversation_id = "k1", position = 4, part = 0, outcome = "ok", bytes = 100 },
-- ]
-- expect = [
--   { call_uid = "c1", result_message_id = "r1", seq = 1 },
--   { call_uid = "c2", result_message_id = "r2", seq = 2 },
-- ]
-- [[case]]
-- name = "a result in front of the call is not its own"
-- "lake.tool_calls" = [
--   { call_uid = "c1", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 3, part = 0, direction = "response", raw_name = "read", arguments_digest = "d1", naming = "plain", name_tool = "read", name_peers = 0, runs_at = "client", arguments = "{}" },
-- ]
-- call_sightings = [
--   { call_uid = "c1", call_id = "a1", export_key = "e1", conversation_id = "k1", position = 3, part = 0, raw_name = "read", kept_uid = "c1" },
-- ]
-- "lake.tool_results" = [
--   { call_id = "a1", message_id = "r1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:20Z, login = "u@example.com", device = "n1", conversation_id = "k1", position = 2, part = 0, outcome = "ok", bytes = 100 },
-- ]
-- expect = [
--   { call_uid = "c1", outcome = "attempted" },
-- ]
-- [[case]]
-- name = "a result of the same id in another conversation is not its own"
-- "lake.tool_calls" = [
--   { call_uid = "c1", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "response", raw_name = "read", arguments_digest = "d1", naming = "plain", name_tool = "read", name_peers = 0, runs_at = "client", arguments = "{}" },
-- ]
-- call_sightings = [
--   { call_uid = "c1", call_id = "a1", export_key = "e1", conversation_id = "k1", position = 1, part = 0, raw_name = "read", kept_uid = "c1" },
-- ]
-- "lake.tool_results" = [
--   { call_id = "a1", message_id = "r1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:20Z, login = "u@example.com", device = "n1", conversation_id = "k2", position = 2, part = 0, outcome = "ok", bytes = 100 },
-- ]
-- expect = [
--   { call_uid = "c1", outcome = "attempted" },
-- ]
-- [[case]]
-- name = "without ids, the n-th result of a tool answers its n-th call"
-- "lake.tool_calls" = [
--   { call_uid = "c1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "response", raw_name = "read", arguments_digest = "d1", naming = "plain", name_tool = "read", name_peers = 0, runs_at = "client", arguments = "{}" },
--   { call_uid = "c2", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 1, direction = "response", raw_name = "read", arguments_digest = "d1", naming = "plain", name_tool = "read", name_peers = 0, runs_at = "client", arguments = "{}" },
-- ]
-- call_sightings = [
--   { call_uid = "c1", export_key = "e1", conversation_id = "k1", position = 1, part = 0, raw_name = "read", kept_uid = "c1" },
--   { call_uid = "c2", export_key = "e1", conversation_id = "k1", position = 1, part = 1, raw_name = "read", kept_uid = "c2" },
-- ]
-- "lake.tool_results" = [
--   { raw_name = "read", message_id = "r1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:20Z, login = "u@example.com", device = "n1", conversation_id = "k1", position = 2, part = 0, outcome = "ok", bytes = 100 },
--   { raw_name = "read", message_id = "r2", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:20Z, login = "u@example.com", device = "n1", conversation_id = "k1", position = 2, part = 1, outcome = "error", bytes = 100 },
-- ]
-- expect = [
--   { call_uid = "c1", outcome = "ok", result_message_id = "r1" },
--   { call_uid = "c2", outcome = "error", result_message_id = "r2" },
-- ]
-- [[case]]
-- name = "without ids, a result of another tool answers nothing"
-- "lake.tool_calls" = [
--   { call_uid = "c1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "response", raw_name = "read", arguments_digest = "d1", naming = "plain", name_tool = "read", name_peers = 0, runs_at = "client", arguments = "{}" },
-- ]
-- call_sightings = [
--   { call_uid = "c1", export_key = "e1", conversation_id = "k1", position = 1, part = 0, raw_name = "read", kept_uid = "c1" },
-- ]
-- "lake.tool_results" = [
--   { raw_name = "write", message_id = "r1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:20Z, login = "u@example.com", device = "n1", conversation_id = "k1", position = 2, part = 0, outcome = "ok", bytes = 100 },
-- ]
-- expect = [
--   { call_uid = "c1", outcome = "attempted" },
-- ]
-- [[case]]
-- name = "a replayed call is told once, with the result that only the replay shows"
-- "lake.tool_calls" = [
--   { call_uid = "c1", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "response", raw_name = "read", arguments_digest = "d1", naming = "plain", name_tool = "read", name_peers = 0, runs_at = "client", arguments = "{}" },
--   { call_uid = "c2", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:05:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k2", position = 1, part = 0, direction = "response", raw_name = "read", arguments_digest = "d1", naming = "plain", name_tool = "read", name_peers = 0, runs_at = "client", arguments = "{}" },
-- ]
-- call_sightings = [
--   { call_uid = "c1", call_id = "a1", export_key = "e1", conversation_id = "k1", position = 1, part = 0, raw_name = "read", kept_uid = "c1" },
--   { call_uid = "c2", call_id = "a1", export_key = "e1", conversation_id = "k2", position = 1, part = 0, raw_name = "read", kept_uid = "c1" },
-- ]
-- "lake.tool_results" = [
--   { call_id = "a1", message_id = "r2", export_key = "e1", record_id = 11, time = 2026-03-01T09:05:00Z, login = "u@example.com", device = "n1", conversation_id = "k2", position = 2, part = 0, outcome = "ok", bytes = 100 },
-- ]
-- expect = [
--   { call_uid = "c1", outcome = "ok", result_message_id = "r2" },
-- ]
-- [[case]]
-- name = "a call for which another one stands is not told"
-- "lake.tool_calls" = [
--   { call_uid = "c2", call_id = "a1", element_id = "m1", export_key = "e1", record_id = 10, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", position = 1, part = 0, direction = "response", raw_name = "read", naming = "plain", name_tool = "read", name_peers = 0, runs_at = "client", arguments = "{}", arguments_digest = "d1" },
-- ]
-- call_sightings = [
--   { call_uid = "c2", call_id = "a1", export_key = "e1", conversation_id = "k1", position = 1, part = 0, raw_name = "read", kept_uid = "c1" },
-- ]
-- expect = []
-- +++
WITH results AS (
  SELECT message_id, first_value(export_key ORDER BY time, export_key, record_id) AS export_key
  FROM lake.tool_results
  GROUP BY message_id
),
answers AS (
  SELECT t.message_id, t.export_key, t.record_id, t.time, t.call_id, t.conversation_id, t.position, t.part, t.raw_name, t.outcome,
         t.bytes
  FROM lake.tool_results t
  JOIN results r ON r.message_id = t.message_id AND r.export_key = t.export_key
),
by_id AS (
  -- Some models count their ids anew in every turn, so the nearest result after the call is its own.
  SELECT s.call_uid, s.kept_uid, a.message_id,
         row_number() OVER (PARTITION BY s.call_uid ORDER BY a.position, a.part, a.message_id) AS nth
  FROM call_sightings s
  JOIN answers a ON a.conversation_id = s.conversation_id AND a.call_id = s.call_id
  WHERE a.position > s.position OR (a.position = s.position AND a.part > s.part)
),
-- Formats without call ids: the n-th result of a tool belongs to its n-th call. Calls at one place are the same answer
-- given again, or forks; they share the results at the n-th place.
counted_calls AS (
  SELECT kept_uid, conversation_id, raw_name, position,
         dense_rank() OVER (PARTITION BY conversation_id, raw_name ORDER BY position, part) AS nth,
         row_number() OVER (PARTITION BY conversation_id, raw_name, position, part ORDER BY call_uid) AS turn
  FROM call_sightings
  WHERE call_id IS NULL
),
counted_answers AS (
  SELECT message_id, conversation_id, raw_name, position,
         dense_rank() OVER (PARTITION BY conversation_id, raw_name ORDER BY position, part) AS nth,
         row_number() OVER (PARTITION BY conversation_id, raw_name, position, part ORDER BY message_id) AS turn,
         count(*) OVER (PARTITION BY conversation_id, raw_name, position, part) AS turns
  FROM answers
  WHERE call_id IS NULL AND raw_name IS NOT NULL
),
paired AS (
  SELECT kept_uid, message_id FROM by_id WHERE nth = 1
  UNION ALL
  SELECT c.kept_uid, a.message_id
  FROM counted_calls c
  JOIN counted_answers a ON a.conversation_id = c.conversation_id AND a.raw_name = c.raw_name AND a.nth = c.nth
  WHERE a.position >= c.position AND a.turn = least(c.turn, a.turns)
),
answered AS (
  SELECT p.kept_uid, first_value(a.message_id ORDER BY a.time, a.export_key, a.record_id, a.message_id) AS message_id
  FROM paired p
  JOIN answers a ON a.message_id = p.message_id
  GROUP BY p.kept_uid
),
refusals AS (
  SELECT DISTINCT m.message_id
  FROM lake.messages m
  JOIN (SELECT DISTINCT message_id FROM answered) a ON a.message_id = m.message_id
  WHERE m.bytes < 4000
    AND regexp_like(lower(left(m.text, 400)), (SELECT string_agg(pattern, '|' ORDER BY pattern) FROM catalog_refusal_marks))
)
SELECT c.*,
       coalesce(g.agent, 'unknown') AS agent, coalesce(g.agent_kind, 'unknown') AS agent_kind,
       i.integration, i.integration_kind, i.tool,
       CAST(row_number() OVER (PARTITION BY c.conversation_id ORDER BY c.time, c.position, c.part, c.call_uid) AS BIGINT) AS seq,
       CASE WHEN t.message_id IS NULL THEN 'attempted'
            WHEN f.message_id IS NOT NULL THEN 'refused'
            WHEN t.outcome = 'error' THEN 'error'
            ELSE 'ok' END AS outcome,
       t.bytes AS result_bytes,
       CASE WHEN t.message_id IS NOT NULL THEN greatest(CAST(t.time AS BIGINT) - CAST(c.time AS BIGINT), 0) / 1000000.0 END AS seconds_to_result,
       t.message_id AS result_message_id, t.export_key AS result_export_key, t.record_id AS result_record_id
FROM lake.tool_calls c
JOIN call_sightings s ON s.call_uid = c.call_uid AND s.export_key = c.export_key AND s.kept_uid = c.call_uid
LEFT JOIN request_agents g
  ON g.export_key = c.export_key AND g.record_id = coalesce(c.record_id, -1) AND g.user_agent = coalesce(c.user_agent, '')
LEFT JOIN tool_identities i
  ON i.agent = coalesce(g.agent, 'unknown') AND i.raw_name = c.raw_name AND i.named_server = coalesce(c.named_server, '')
 AND i.naming = c.naming AND i.name_server = coalesce(c.name_server, '') AND i.name_tool = c.name_tool
 AND i.runs_at = c.runs_at
LEFT JOIN answered w ON w.kept_uid = c.call_uid
LEFT JOIN answers t ON t.message_id = w.message_id
LEFT JOIN refusals f ON f.message_id = w.message_id
