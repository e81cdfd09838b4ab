-- +++
-- title = "Agent changed its own permissions, hooks or servers"
-- severity = "high"
-- confidence = "medium"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "An agent wrote the file that holds its own or another agent's permissions, hooks or MCP servers."
-- impact = "From then on an agent may do what nobody allowed."
-- false_positives = [
--   "An agent that was asked, in other words, to set itself up.",
-- ]
-- next_steps = [
--   "SELECT time, tool, path, content, outcome FROM path_acts WHERE session_id = '{session_id}' ORDER BY time",
--   "Read the session around it.",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI06", "owasp-asi:2026:ASI03", "atlas:AML.T0081"]
-- [params]
-- words = "permission|allow|hook|mcpservers|mcp_servers|approve|approval|sandbox|bypass|trust|enableall"
-- [[case]]
-- name = "only something to be read was asked for"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- asked_calls = [
--   { call_uid = "c1", asked = false, only_reading = true },
-- ]
-- expect = [
--   { severity = "critical", confidence = "high" },
-- ]
-- [[case]]
-- name = "something else was asked for"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- asked_calls = [
--   { call_uid = "c1", asked = false, only_reading = false },
-- ]
-- expect = [
--   { severity = "high", confidence = "medium" },
-- ]
-- [[case]]
-- name = "only something to be read was asked for, and it was refused"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "refused", record_id = 1, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- asked_calls = [
--   { call_uid = "c1", asked = false, only_reading = true },
-- ]
-- expect = [
--   { severity = "high", confidence = "high" },
-- ]
-- [[case]]
-- name = "written"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- expect = [
--   { subject = ".x", count = 1, evidence = ["e#1"] },
-- ]
-- [[case]]
-- name = "written twice in one session"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 2, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- expect = [
--   { count = 2 },
-- ]
-- [[case]]
-- name = "two files"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 2, act = "agent-config", path = "/etc/y", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- expect = [
--   { count = 1 },
--   { subject = "y" },
-- ]
-- [[case]]
-- name = "named by the user only afterwards"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- history_messages = [
--   { message_id = "u5", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "what is .x?", position = 5, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "named in another conversation"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "d", session_id = "s", role = "user", kind = "text", text = "edit .x", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "named by the model"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "assistant", kind = "text", text = "edit .x", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "named in a result"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "tool_result", text = "edit .x", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "the user named the file"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "Please edit .X for me", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "both writes were asked for"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 2, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "Please edit .X for me", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "another kind of file (persist)"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "persistence", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- expect = []
-- [[case]]
-- name = "another kind of file (agent-rules)"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-rules", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- expect = []
-- [[case]]
-- name = "another kind of file (ci)"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "ci", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- expect = []
-- [[case]]
-- name = "a setting that limits nothing"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"theme\":\"dark\"}" },
-- ]
-- expect = []
-- [[case]]
-- name = "colours only"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"color\":\"x\"}" },
-- ]
-- expect = []
-- [[case]]
-- name = "the user spoke of something else"
-- path_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Write", outcome = "ok", record_id = 1, act = "agent-config", path = "~/.x", meaning = "a file", content = "{\"permissions\":{\"allow\":[\"*\"]},\"hooks\":{},\"mcpServers\":{\"x\":{\"url\":\"https://x.example\"}},\"uses\":\"a/b@v1\",\"secrets.TOKEN\":1}" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m0", position = 0, role = "user", kind = "text", text = "Please tidy up the tests.", bytes = 20, time = 2026-03-01T09:00:30Z, record_id = 1 },
-- ]
-- expect = [
--   { subject = ".x", count = 1, evidence = ["e#1"] },
-- ]
-- +++
WITH named AS (
  -- A file that the user asked for by name is the user's own doing.
  SELECT DISTINCT p.call_uid, p.path
  FROM path_acts p
  JOIN user_texts m ON m.conversation_id = p.conversation_id
  WHERE m.position < p.position AND strpos(lower(m.text), regexp_replace(p.path, '.*/', '')) > 0
)
SELECT
  regexp_replace(p.path, '.*/', '') AS subject,
  max(p.agent) || ' of ' || p.login || ' changed its own limits in ' || p.path || ' (' || min(p.meaning) || '), which the user had not named'
    || CASE WHEN bool_or(p.outcome = 'ok') THEN '; it was executed.' WHEN bool_or(p.outcome = 'error') THEN '; it failed.' WHEN bool_or(p.outcome = 'refused') THEN '; it was refused.' ELSE '; no result was seen, so it was proposed, not executed.' END
    || CASE WHEN bool_or(q.only_reading) THEN ' The user had asked only for something to be read or told.' ELSE '' END AS reason,
  min(p.time) AS first_seen,
  max(p.time) AS last_seen,
  count(*) AS count,
  p.session_id,
  p.login,
  p.device,
  max(p.agent) AS agent,
  p.session_id || ' ' || p.path AS key,
  CASE WHEN bool_or(q.only_reading AND p.outcome = 'ok') THEN 'critical' ELSE 'high' END AS severity,
  CASE WHEN bool_or(q.only_reading) THEN 'high' ELSE 'medium' END AS confidence,
  array_agg(evidence(p.export_key, p.record_id) ORDER BY p.time, p.call_uid) AS evidence
FROM path_acts p
LEFT JOIN named n ON n.call_uid = p.call_uid AND n.path = p.path
LEFT JOIN asked_calls q ON q.call_uid = p.call_uid
WHERE p.act = 'agent-config' AND n.call_uid IS NULL AND regexp_like(lower(p.content), $words)
GROUP BY p.session_id, p.login, p.device, p.path
ORDER BY p.login, p.session_id, p.path
