-- +++
-- doc = "Everything that the messages and calls of the lake name, each source once. A result has the tool and position of the call that it answers."
-- materialise = true
-- [columns]
-- call_uid = "The call that names it, or that the result answers; null for other text."
-- agent = "Agent of the request."
-- integration = "What brings the tool of that call."
-- tool = "Name of that tool without any server prefix."
-- seq = "Position of that call among the calls of its conversation, from 1."
-- [[case]]
-- name = "named by a call"
-- "lake.entities" = [
--   { source_id = "c1", source = "call", kind = "host", value = "x.example", export_key = "e", record_id = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- history_tool_calls = [
--   { call_uid = "c1", export_key = "e", integration = "web", tool = "fetch", seq = 2 },
-- ]
-- expect = [
--   { value = "x.example", call_uid = "c1", tool = "fetch", integration = "web", seq = 2 },
-- ]
-- [[case]]
-- name = "named by a result that two exports show"
-- "lake.entities" = [
--   { source_id = "m1", source = "message", kind = "host", value = "x.example", export_key = "e1", record_id = 1, time = 2026-03-01T09:00:00Z },
--   { source_id = "m1", source = "message", kind = "host", value = "x.example", export_key = "e2", record_id = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- "lake.messages" = [
--   { message_id = "m1", export_key = "e2", time = 2026-03-02T09:00:00Z },
--   { message_id = "m1", export_key = "e1", time = 2026-03-01T09:00:00Z },
-- ]
-- history_tool_calls = [
--   { call_uid = "c1", export_key = "e1", result_message_id = "m1", integration = "web", tool = "fetch", seq = 2, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { value = "x.example", export_key = "e1", call_uid = "c1", tool = "fetch", seq = 2 },
-- ]
-- [[case]]
-- name = "a sighting of a call in another export than the one that is kept"
-- "lake.entities" = [
--   { source_id = "c1", source = "call", kind = "host", value = "x.example", export_key = "e2", record_id = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- history_tool_calls = [
--   { call_uid = "c1", export_key = "e1", tool = "fetch" },
-- ]
-- expect = []
-- +++
WITH once AS (
  SELECT message_id, first_value(export_key ORDER BY time, export_key) AS export_key,
         first_value(user_agent ORDER BY time, export_key) AS user_agent
  FROM lake.messages
  GROUP BY message_id
),
answered AS (
  SELECT *, row_number() OVER (PARTITION BY result_message_id ORDER BY time, export_key, record_id, call_uid) AS nth
  FROM history_tool_calls
  WHERE result_message_id IS NOT NULL
)
SELECT e.*, c.call_uid, c.agent, c.integration, c.integration_kind, c.tool, c.seq
FROM lake.entities e
JOIN history_tool_calls c ON c.call_uid = e.source_id AND c.export_key = e.export_key
WHERE e.source = 'call'
UNION ALL
SELECT e.*, a.call_uid, coalesce(g.agent, 'unknown') AS agent, a.integration, a.integration_kind, a.tool, a.seq
FROM lake.entities e
JOIN once o ON o.message_id = e.source_id AND o.export_key = e.export_key
LEFT JOIN request_agents g
  ON g.export_key = e.export_key AND g.record_id = coalesce(e.record_id, -1) AND g.user_agent = coalesce(o.user_agent, '')
LEFT JOIN answered a ON a.result_message_id = e.source_id AND a.nth = 1
WHERE e.source = 'message'
