-- +++
-- title = "Private text that was read leaves in a call"
-- severity = "medium"
-- confidence = "low"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "Runs of words of a private result stand in a later call that sends data out, as they are or encoded."
-- impact = "The content left; whether it should have depends on who got it."
-- false_positives = [
--   "Forwarding a document is often exactly what the user asked for.",
-- ]
-- next_steps = [
--   "Read the session around it.",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
--   "Compare the receiver with who may know the content.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI02", "owasp-llm:2025:LLM02", "atlas:AML.T0086"]
-- [params]
-- run = 6
-- min_runs = 3
-- much = 100
-- max_bytes = 200000
-- max_calls = 100
-- name_chars = 80
-- [[case]]
-- name = "copied"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"FYI The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.\"}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.", bytes = 111, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = [
--   { subject = "chat/post", severity = "medium", evidence = ["e#2", "e#2"] },
-- ]
-- [[case]]
-- name = "in base64"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"VGhlIHF1YXJ0ZXJseSBmaWd1cmVzIGFyZSBjb25maWRlbnRpYWw6IHJldmVudWUgZmVsbCBieSBuaW5lIHBlcmNlbnQgaW4gdGhlIG5vcnRoIGFuZCBzdGFmZiB3aWxsIGJlIGN1dCBpbiBNYXku\"}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.", bytes = 111, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = [
--   { severity = "medium" },
-- ]
-- [[case]]
-- name = "in hexadecimal"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"54686520717561727465726c7920666967757265732061726520636f6e666964656e7469616c3a20726576656e75652066656c6c206279206e696e652070657263656e7420696e20746865206e6f72746820616e642073746166662077696c6c2062652063757420696e204d61792e\"}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.", bytes = 111, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "credentials, whole"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = false, result_message_id = "m1", reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"k hunter2-abcdefghijk-0001 k\"}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "hunter2-abcdefghijk-0001\n", bytes = 25, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = [
--   { severity = "critical", confidence = "high" },
-- ]
-- [[case]]
-- name = "proposed only"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.\"}", outcome = "attempted", record_id = 2, sends = true },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.", bytes = 111, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "a few words only"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"revenue fell by nine percent in\"}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.", bytes = 111, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = []
-- [[case]]
-- name = "a short private result, whole"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"k hunter2-abcdefghijk-0001 k\"}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "hunter2-abcdefghijk-0001\n", bytes = 25, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = []
-- [[case]]
-- name = "a call that sends nothing"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "mail", tool = "act", arguments = "{\"text\": \"The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.\"}", outcome = "ok", record_id = 2 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.", bytes = 111, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = []
-- [[case]]
-- name = "nothing private"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = false, result_message_id = "m1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.\"}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.", bytes = 111, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = []
-- [[case]]
-- name = "written before it was read"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 3, reads_private = true, result_message_id = "m3" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.\"}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 7, role = "tool", kind = "tool_result", text = "The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.", bytes = 111, time = 2026-03-01T09:03:30Z, record_id = 4 },
-- ]
-- expect = []
-- [[case]]
-- name = "another conversation"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "d", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.\"}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.", bytes = 111, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = []
-- [[case]]
-- name = "long ago"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c150", seq = 150, position = 300, time = 2026-03-01T11:30:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.\"}", outcome = "ok", record_id = 150, sends = true },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.", bytes = 111, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = []
-- [[case]]
-- name = "a result too large to be a document"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.\"}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.", bytes = 300000, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = []
-- [[case]]
-- name = "credentials, but other words"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = false, result_message_id = "m1", reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"nothing of it here\"}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "hunter2-abcdefghijk-0001\n", bytes = 25, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = []
-- [[case]]
-- name = "read twice is one finding"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c0", seq = 0, position = 0, time = 2026-03-01T09:00:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m0" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"FYI The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.\"}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m0", position = 1, role = "tool", kind = "tool_result", text = "The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.", bytes = 111, time = 2026-03-01T09:00:30Z, record_id = 2 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.", bytes = 111, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = [
--   { subject = "chat/post", count = 1 },
-- ]
-- [[case]]
-- name = "a destination on the list of the organisation"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"FYI The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.\"}", outcome = "ok", record_id = 2, sends = true, destination = "x.example", novelty = "listed", novelty_says = "is on the organisation's list" },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.", bytes = 111, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = [
--   { subject = "chat/post", severity = "low", confidence = "low" },
-- ]
-- [[case]]
-- name = "a destination that several users have long used"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"FYI The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.\"}", outcome = "ok", record_id = 2, sends = true, destination = "x.example", novelty = "known", novelty_says = "has long been used by 5 users" },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.", bytes = 111, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = [
--   { subject = "chat/post", severity = "low", confidence = "low" },
-- ]
-- [[case]]
-- name = "a destination that was never used before"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"text\": \"FYI The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.\"}", outcome = "ok", record_id = 2, sends = true, destination = "x.example", novelty = "new", novelty_says = "was never used before" },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "The quarterly figures are confidential: revenue fell by nine percent in the north and staff will be cut in May.", bytes = 111, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = [
--   { subject = "chat/post", severity = "medium", confidence = "medium" },
-- ]
-- [[case]]
-- name = "a whole mailbox"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c0", seq = 0, position = 1, time = 2026-03-01T09:00:00Z, integration = "drive", tool = "list", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m0" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true, result_message_id = "m1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "v1 v2 v3 v4 v5 v6 v7 v8 v9 v10 v11 v12 v13 v14 v15 v16 v17 v18 v19 v20 v21 v22 v23 v24 v25 v26 v27 v28 v29 v30 v31 v32 v33 v34 v35 v36 v37 v38 v39 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 w12 w13 w14 w15 w16 w17 w18 w19 w20 w21 w22 w23 w24 w25 w26 w27 w28 w29 w30 w31 w32 w33 w34 w35 w36 w37 w38 w39 w40 w41 w42 w43 w44 w45 w46 w47 w48 w49 w50 w51 w52 w53 w54 w55 w56 w57 w58 w59 w60 w61 w62 w63 w64 w65 w66 w67 w68 w69 w70 w71 w72 w73 w74 w75 w76 w77 w78 w79 w80 w81 w82 w83 w84 w85 w86 w87 w88 w89 w90 w91 w92 w93 w94 w95 w96 w97 w98 w99 w100 w101 w102 w103 w104 w105 w106 w107 w108 w109 w110", outcome = "ok", record_id = 2, sends = true },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m0", position = 2, role = "tool", kind = "tool_result", text = "v1 v2 v3 v4 v5 v6 v7 v8 v9 v10 v11 v12 v13 v14 v15 v16 v17 v18 v19 v20 v21 v22 v23 v24 v25 v26 v27 v28 v29 v30 v31 v32 v33 v34 v35 v36 v37 v38 v39", bytes = 111, time = 2026-03-01T09:00:30Z, record_id = 2 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 3, role = "tool", kind = "tool_result", text = "w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 w12 w13 w14 w15 w16 w17 w18 w19 w20 w21 w22 w23 w24 w25 w26 w27 w28 w29 w30 w31 w32 w33 w34 w35 w36 w37 w38 w39 w40 w41 w42 w43 w44 w45 w46 w47 w48 w49 w50 w51 w52 w53 w54 w55 w56 w57 w58 w59 w60 w61 w62 w63 w64 w65 w66 w67 w68 w69 w70 w71 w72 w73 w74 w75 w76 w77 w78 w79 w80 w81 w82 w83 w84 w85 w86 w87 w88 w89 w90 w91 w92 w93 w94 w95 w96 w97 w98 w99 w100 w101 w102 w103 w104 w105 w106 w107 w108 w109 w110", bytes = 111, time = 2026-03-01T09:01:30Z, record_id = 2 },
-- ]
-- expect = [ { severity = "high", confidence = "low", reason = "Claude Code of ana sent out with chat/post what it had read as private data (much of it) with drive/read; the call was executed." } ]
-- +++
WITH reads AS (
  SELECT s.call_uid, s.conversation_id, s.seq, s.integration || '/' || s.tool AS tool, s.reads_secret, m.text, m.export_key, m.record_id, m.time
  FROM steps s
  JOIN messages m ON m.message_id = s.result_message_id
  WHERE (s.reads_secret OR s.reads_private) AND m.bytes BETWEEN 16 AND $max_bytes
),
shared AS (
  SELECT o.*, r.tool AS r_tool, r.reads_secret AS r_secret, r.export_key AS r_export, r.record_id AS r_record, r.time AS r_time, r.seq AS r_seq, r.call_uid AS r_call,
         shared_words(decoded(o.arguments), r.text, $run) AS runs,
         r.reads_secret AND length(r.text) <= 400 AND mentions(decoded(o.arguments), trim(r.text)) AS whole
  FROM steps o
  JOIN reads r ON r.conversation_id = o.conversation_id
  WHERE o.sends AND r.seq < o.seq AND o.seq - r.seq <= $max_calls
),
found AS (
  SELECT *, runs >= $much AS much, row_number() OVER (PARTITION BY call_uid ORDER BY r_secret DESC, runs >= $much DESC, r_seq, r_call) AS nth
  FROM shared
  WHERE runs >= $min_runs OR whole
)
SELECT
  integration || '/' || tool AS subject,
  agent || ' of ' || login || ' sent out with ' || integration || '/' || tool || ' what it had read ' || CASE WHEN r_secret THEN 'as credentials' ELSE 'as private data' || CASE WHEN much THEN ' (much of it)' ELSE '' END END || ' with ' || r_tool
    || CASE WHEN novelty <> 'seen' THEN '; ' || defang(left(destination, $name_chars)) || ' ' || novelty_says ELSE '' END
    || CASE outcome WHEN 'ok' THEN '; the call was executed.' WHEN 'attempted' THEN '; the call was proposed, not executed.' WHEN 'refused' THEN '; the call was refused.' ELSE '; the call failed.' END AS reason,
  least(r_time, time) AS first_seen,
  time AS last_seen,
  CAST(1 AS BIGINT) AS count,
  session_id,
  login,
  device,
  agent,
  tool,
  integration,
  call_uid AS key,
  CASE WHEN novelty IN ('listed', 'known') THEN CASE WHEN r_secret THEN 'medium' ELSE 'low' END WHEN r_secret THEN 'critical' WHEN much THEN 'high' ELSE 'medium' END AS severity,
  CASE WHEN r_secret AND coalesce(novelty NOT IN ('listed', 'known'), true) THEN 'high' WHEN r_secret OR novelty = 'new' THEN 'medium' ELSE 'low' END AS confidence,
  make_array(evidence(r_export, r_record), evidence(export_key, record_id)) AS evidence
FROM found
WHERE nth = 1
ORDER BY session_id, seq, call_uid
