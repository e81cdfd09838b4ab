-- +++
-- doc = "Addresses from which agents send for their users: what the results of a tool that sends name as the sender in several sessions of a login, always the same one and never in what the agent had written. Text that an agent reads cannot bring an address here; who runs the tool can, one for each login and tool."
-- materialise = true
-- [columns]
-- login = "Login of the user."
-- address = "The address, in lower case."
-- [[case]]
-- name = "three sessions name the same sender"
-- history_calls = [
--   { call_uid = "c1", login = "ana", integration = "mail", tool = "send", session_id = "s1", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c1" },
--   { call_uid = "c2", login = "ana", integration = "mail", tool = "send", session_id = "s2", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c2" },
--   { call_uid = "c3", login = "ana", integration = "mail", tool = "send", session_id = "s3", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c3" },
-- ]
-- history_messages = [
--   { message_id = "m-c1", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-c2", text = "{'id':1,'sender':'Ana@corp.example'}" },
--   { message_id = "m-c3", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
-- ]
-- expect = [ { login = "ana", address = "ana@corp.example" } ]
-- [[case]]
-- name = "what the agent wrote itself, such as a text that pretends to have another sender, counts for nothing"
-- history_calls = [
--   { call_uid = "c1", login = "ana", integration = "mail", tool = "send", session_id = "s1", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c1" },
--   { call_uid = "c2", login = "ana", integration = "mail", tool = "send", session_id = "s2", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c2" },
--   { call_uid = "c3", login = "ana", integration = "mail", tool = "send", session_id = "s3", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c3" },
--   { call_uid = "c4", login = "ana", integration = "mail", tool = "send", session_id = "s4", arguments = "{'body':'sender: mark@evil.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c4" },
-- ]
-- history_messages = [
--   { message_id = "m-c1", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-c2", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-c3", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-c4", text = "body: 'x\n  sender: mark@evil.example'\nsender: ana@corp.example" },
-- ]
-- expect = [ { login = "ana", address = "ana@corp.example" } ]
-- [[case]]
-- name = "a free address is the user's own all the same"
-- history_calls = [
--   { call_uid = "c1", login = "ana", integration = "mail", tool = "send", session_id = "s1", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c1" },
--   { call_uid = "c2", login = "ana", integration = "mail", tool = "send", session_id = "s2", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c2" },
--   { call_uid = "c3", login = "ana", integration = "mail", tool = "send", session_id = "s3", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c3" },
-- ]
-- history_messages = [
--   { message_id = "m-c1", text = "id: 1\nbody: Hi\nsender: ana@gmail.com\n" },
--   { message_id = "m-c2", text = "id: 1\nbody: Hi\nsender: ana@gmail.com\n" },
--   { message_id = "m-c3", text = "id: 1\nbody: Hi\nsender: ana@gmail.com\n" },
-- ]
-- expect = [ { login = "ana", address = "ana@gmail.com" } ]
-- [[case]]
-- name = "two sessions"
-- history_calls = [
--   { call_uid = "c1", login = "ana", integration = "mail", tool = "send", session_id = "s1", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c1" },
--   { call_uid = "c2", login = "ana", integration = "mail", tool = "send", session_id = "s2", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c2" },
--   { call_uid = "c3", login = "ana", integration = "mail", tool = "send", session_id = "s2", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c3" },
-- ]
-- history_messages = [
--   { message_id = "m-c1", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-c2", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-c3", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
-- ]
-- expect = []
-- [[case]]
-- name = "another sender in one of the calls"
-- history_calls = [
--   { call_uid = "c1", login = "ana", integration = "mail", tool = "send", session_id = "s1", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c1" },
--   { call_uid = "c2", login = "ana", integration = "mail", tool = "send", session_id = "s2", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c2" },
--   { call_uid = "c3", login = "ana", integration = "mail", tool = "send", session_id = "s3", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c3" },
--   { call_uid = "c4", login = "ana", integration = "mail", tool = "send", session_id = "s4", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c4" },
-- ]
-- history_messages = [
--   { message_id = "m-c1", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-c2", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-c3", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-c4", text = "id: 1\nbody: Hi\nsender: eve@corp.example\n" },
-- ]
-- expect = []
-- [[case]]
-- name = "no field of that name"
-- history_calls = [
--   { call_uid = "c1", login = "ana", integration = "mail", tool = "send", session_id = "s1", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c1" },
--   { call_uid = "c2", login = "ana", integration = "mail", tool = "send", session_id = "s2", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c2" },
--   { call_uid = "c3", login = "ana", integration = "mail", tool = "send", session_id = "s3", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c3" },
-- ]
-- history_messages = [
--   { message_id = "m-c1", text = "id: 1\nbody: Hi\nfrom: ana@corp.example\n" },
--   { message_id = "m-c2", text = "id: 1\nbody: Hi\nfrom: ana@corp.example\n" },
--   { message_id = "m-c3", text = "id: 1\nbody: Hi\nfrom: ana@corp.example\n" },
-- ]
-- expect = []
-- [[case]]
-- name = "a tool that sends nothing, a command, and a call that failed"
-- history_calls = [
--   { call_uid = "c1", login = "ana", integration = "mail", tool = "send", session_id = "s1", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = false, executes = false, result_message_id = "m-c1" },
--   { call_uid = "c2", login = "ana", integration = "mail", tool = "send", session_id = "s2", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = false, executes = false, result_message_id = "m-c2" },
--   { call_uid = "c3", login = "ana", integration = "mail", tool = "send", session_id = "s3", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = false, executes = false, result_message_id = "m-c3" },
--   { call_uid = "d1", login = "ana", integration = "mail", tool = "send", session_id = "s1", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = true, result_message_id = "m-d1" },
--   { call_uid = "d2", login = "ana", integration = "mail", tool = "send", session_id = "s2", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = true, result_message_id = "m-d2" },
--   { call_uid = "d3", login = "ana", integration = "mail", tool = "send", session_id = "s3", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = true, result_message_id = "m-d3" },
--   { call_uid = "e1", login = "ana", integration = "mail", tool = "send", session_id = "s1", arguments = "{'to':'ben@x.example'}", outcome = "error", egress = true, executes = false, result_message_id = "m-e1" },
--   { call_uid = "e2", login = "ana", integration = "mail", tool = "send", session_id = "s2", arguments = "{'to':'ben@x.example'}", outcome = "error", egress = true, executes = false, result_message_id = "m-e2" },
--   { call_uid = "e3", login = "ana", integration = "mail", tool = "send", session_id = "s3", arguments = "{'to':'ben@x.example'}", outcome = "error", egress = true, executes = false, result_message_id = "m-e3" },
-- ]
-- history_messages = [
--   { message_id = "m-c1", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-c2", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-c3", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-d1", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-d2", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-d3", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-e1", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-e2", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-e3", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
-- ]
-- expect = []
-- [[case]]
-- name = "each once, of three people"
-- history_calls = [
--   { call_uid = "c1", login = "ana", integration = "mail", tool = "send", session_id = "s1", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c1" },
--   { call_uid = "c2", login = "ben", integration = "mail", tool = "send", session_id = "s2", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c2" },
--   { call_uid = "c3", login = "cem", integration = "mail", tool = "send", session_id = "s3", arguments = "{'to':'ben@x.example'}", outcome = "ok", egress = true, executes = false, result_message_id = "m-c3" },
-- ]
-- history_messages = [
--   { message_id = "m-c1", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-c2", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
--   { message_id = "m-c3", text = "id: 1\nbody: Hi\nsender: ana@corp.example\n" },
-- ]
-- expect = []
-- +++
WITH fields AS (
  SELECT '(?im)(?:^|[{,])[\s"'']*(?:' || string_agg(field, '|' ORDER BY field) || ')["'']?\s*[:=]\s*["'']?([a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)' AS pattern
  FROM catalog_sender_fields
),
sent AS (
  SELECT c.login, c.integration, c.tool, c.session_id, c.arguments, lower(regexp_match(m.text, f.pattern)[1]) AS address
  FROM history_calls c
  JOIN history_messages m ON m.message_id = c.result_message_id
  CROSS JOIN fields f
  WHERE c.egress AND NOT coalesce(c.executes, false) AND c.outcome = 'ok'
),
-- What an agent wrote can come from anybody; what only the tool says is the account.
account AS (
  SELECT s.login, s.integration, s.tool, min(s.address) AS address
  FROM sent s
  CROSS JOIN (SELECT max(value) AS sessions FROM catalog_limits WHERE name = 'own_sessions') l
  WHERE s.address IS NOT NULL AND NOT mentions(s.arguments, s.address)
  GROUP BY s.login, s.integration, s.tool
  HAVING count(DISTINCT s.address) = 1 AND count(DISTINCT s.session_id) >= max(l.sessions)
)
SELECT DISTINCT login, address FROM account
