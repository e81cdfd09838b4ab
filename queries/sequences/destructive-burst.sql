-- +++
-- title = "Many things destroyed in a short time"
-- severity = "critical"
-- confidence = "medium"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "Within ten minutes an agent destroyed at least five different things, or ran one command that destroys a machine, a bucket or a production database."
-- impact = "Data and history may be lost."
-- false_positives = [
--   "Cleaning up a test system.",
--   "The user asked for it in words that are not in catalog/order_words.toml, or outside the conversation.",
-- ]
-- next_steps = [
--   "SELECT time, tool, arguments, outcome FROM steps WHERE session_id = '{session_id}' AND destroys ORDER BY time",
--   "Stop the agent; find the last backup.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI02", "owasp-asi:2026:ASI10", "atlas:AML.T0101"]
-- [params]
-- min_calls = 5
-- min_marks = 2
-- quote_chars = 120
-- [[case]]
-- name = "five in five minutes"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part1\"}", outcome = "ok", record_id = 1, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part2\"}", outcome = "ok", record_id = 2, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part3\"}", outcome = "ok", record_id = 3, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part4\"}", outcome = "ok", record_id = 4, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part5\"}", outcome = "ok", record_id = 5, destroys = true },
-- ]
-- command_acts = []
-- expect = [
--   { reason = "Claude Code of ana destroyed 5 different things in one session, up to 5 within ten minutes; the first: \"Claude Code/Bash {'command': 'rm -rf part1'}\", \"Claude Code/Bash {'command': 'rm -rf part2'}\", \"Claude Code/Bash {'command': 'rm -rf part3'}\" and 2 more; every call has a result.", subject = "Claude Code", count = 5, severity = "critical", evidence = ["e#1", "e#2", "e#3", "e#4", "e#5"] },
-- ]
-- [[case]]
-- name = "the first of them again is not told again, nor what is no destruction"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part1\"}", outcome = "ok", record_id = 1, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c6", seq = 2, position = 2, time = 2026-03-01T09:01:30Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part1\"}", outcome = "ok", record_id = 6, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part2\"}", outcome = "ok", record_id = 2, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part3\"}", outcome = "ok", record_id = 3, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part4\"}", outcome = "ok", record_id = 4, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part5\"}", outcome = "ok", record_id = 5, destroys = true },
-- ]
-- command_acts = [
--   { call_uid = "c1", nth = 1, act = "send", meaning = "sends", text = "curl x.example" },
-- ]
-- expect = [
--   { reason = "Claude Code of ana destroyed 5 different things in one session, up to 5 within ten minutes; the first: \"Claude Code/Bash {'command': 'rm -rf part1'}\", \"Claude Code/Bash {'command': 'rm -rf part2'}\", \"Claude Code/Bash {'command': 'rm -rf part3'}\" and 2 more; every call has a result.", subject = "Claude Code", count = 5, severity = "critical", evidence = ["e#1", "e#2", "e#3", "e#4", "e#5"] },
-- ]
-- [[case]]
-- name = "all refused"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part1\"}", outcome = "refused", record_id = 1, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part2\"}", outcome = "refused", record_id = 2, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part3\"}", outcome = "refused", record_id = 3, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part4\"}", outcome = "refused", record_id = 4, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part5\"}", outcome = "refused", record_id = 5, destroys = true },
-- ]
-- command_acts = []
-- expect = [
--   { severity = "medium" },
-- ]
-- [[case]]
-- name = "one catastrophic command"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part1\"}", outcome = "ok", record_id = 1, destroys = true },
-- ]
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "catastrophic", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "the first five set off, later ones belong to it"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part1\"}", outcome = "ok", record_id = 1, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part2\"}", outcome = "ok", record_id = 2, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part3\"}", outcome = "ok", record_id = 3, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part4\"}", outcome = "ok", record_id = 4, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part5\"}", outcome = "ok", record_id = 5, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c6", seq = 6, position = 12, time = 2026-03-01T09:50:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part6\"}", outcome = "ok", record_id = 6, destroys = true },
-- ]
-- command_acts = []
-- expect = [
--   { count = 6 },
-- ]
-- [[case]]
-- name = "at the edge of ten minutes"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:00:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part1\"}", outcome = "ok", record_id = 1, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part2\"}", outcome = "ok", record_id = 2, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part3\"}", outcome = "ok", record_id = 3, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:07:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part4\"}", outcome = "ok", record_id = 4, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:10:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part5\"}", outcome = "ok", record_id = 5, destroys = true },
-- ]
-- command_acts = []
-- expect = [
--   { count = 5 },
-- ]
-- [[case]]
-- name = "four"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part1\"}", outcome = "ok", record_id = 1, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part2\"}", outcome = "ok", record_id = 2, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part3\"}", outcome = "ok", record_id = 3, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part4\"}", outcome = "ok", record_id = 4, destroys = true },
-- ]
-- command_acts = []
-- expect = []
-- [[case]]
-- name = "five times the same"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{}", outcome = "ok", record_id = 1, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{}", outcome = "ok", record_id = 2, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "Claude Code", tool = "Bash", arguments = "{}", outcome = "ok", record_id = 3, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "Claude Code", tool = "Bash", arguments = "{}", outcome = "ok", record_id = 4, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", arguments = "{}", outcome = "ok", record_id = 5, destroys = true },
-- ]
-- command_acts = []
-- expect = []
-- [[case]]
-- name = "five in an hour"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:12:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part1\"}", outcome = "ok", record_id = 1, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:24:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part2\"}", outcome = "ok", record_id = 2, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:36:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part3\"}", outcome = "ok", record_id = 3, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:48:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part4\"}", outcome = "ok", record_id = 4, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T10:00:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part5\"}", outcome = "ok", record_id = 5, destroys = true },
-- ]
-- command_acts = []
-- expect = []
-- [[case]]
-- name = "five in two sessions"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part1\"}", outcome = "ok", record_id = 1, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part2\"}", outcome = "ok", record_id = 2, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "z", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part3\"}", outcome = "ok", record_id = 3, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "z", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part4\"}", outcome = "ok", record_id = 4, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "z", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part5\"}", outcome = "ok", record_id = 5, destroys = true },
-- ]
-- command_acts = []
-- expect = []
-- [[case]]
-- name = "five of two people"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part1\"}", outcome = "ok", record_id = 1, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part2\"}", outcome = "ok", record_id = 2, destroys = true },
--   { login = "ben", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part3\"}", outcome = "ok", record_id = 3, destroys = true },
--   { login = "ben", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part4\"}", outcome = "ok", record_id = 4, destroys = true },
--   { login = "ben", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part5\"}", outcome = "ok", record_id = 5, destroys = true },
-- ]
-- command_acts = []
-- expect = []
-- [[case]]
-- name = "five calls that destroy nothing"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part1\"}", outcome = "ok", record_id = 1, destroys = false },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part2\"}", outcome = "ok", record_id = 2, destroys = false },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part3\"}", outcome = "ok", record_id = 3, destroys = false },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part4\"}", outcome = "ok", record_id = 4, destroys = false },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part5\"}", outcome = "ok", record_id = 5, destroys = false },
-- ]
-- command_acts = []
-- expect = []
-- [[case]]
-- name = "one destructive command"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part1\"}", outcome = "ok", record_id = 1, destroys = true },
-- ]
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "destructive", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = []
-- [[case]]
-- name = "the last of them again is not one more"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part1\"}", outcome = "ok", record_id = 1, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part2\"}", outcome = "ok", record_id = 2, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part3\"}", outcome = "ok", record_id = 3, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part4\"}", outcome = "ok", record_id = 4, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part5\"}", outcome = "ok", record_id = 5, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c6", seq = 6, position = 12, time = 2026-03-01T09:06:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"rm -rf part5\"}", outcome = "ok", record_id = 6, destroys = true },
-- ]
-- command_acts = []
-- expect = [
--   { count = 5, evidence = ["e#1", "e#2", "e#3", "e#4", "e#5"] },
-- ]
-- [[case]]
-- name = "the user had asked for all of it"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'1'}", outcome = "ok", record_id = 1, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'2'}", outcome = "ok", record_id = 2, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'3'}", outcome = "ok", record_id = 3, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'4'}", outcome = "ok", record_id = 4, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'5'}", outcome = "ok", record_id = 5, destroys = true },
-- ]
-- deletion_orders = [
--   { call_uid = "c1", wanted = "delete each of the five files" },
--   { call_uid = "c2", wanted = "delete each of the five files" },
--   { call_uid = "c3", wanted = "delete each of the five files" },
--   { call_uid = "c4", wanted = "delete each of the five files" },
--   { call_uid = "c5", wanted = "delete each of the five files" },
-- ]
-- expect = [ { severity = "low", confidence = "low", reason = "Claude Code of ana destroyed 5 different things in one session, up to 5 within ten minutes; the first: \"drive/delete_file {'id':'1'}\", \"drive/delete_file {'id':'2'}\", \"drive/delete_file {'id':'3'}\" and 2 more; every call has a result. The user had asked for it: \"delete each of the five files\"." } ]
-- [[case]]
-- name = "the user had asked for some of it, in several ways"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'1'}", outcome = "ok", record_id = 1, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'2'}", outcome = "ok", record_id = 2, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'3'}", outcome = "ok", record_id = 3, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'4'}", outcome = "ok", record_id = 4, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'5'}", outcome = "ok", record_id = 5, destroys = true },
-- ]
-- deletion_orders = [
--   { call_uid = "c1", wanted = "delete each of the five files" },
--   { call_uid = "c2", wanted = "delete file 2" },
--   { call_uid = "c3", wanted = "delete file 3" },
--   { call_uid = "c4", wanted = "delete file 4" },
--   { call_uid = "c5", source_uid = "c0", sentence = "delete all files.", marks = 1, says = "x", whole = true },
--   { call_uid = "c9", wanted = "delete another file" },
-- ]
-- expect = [ { severity = "critical", confidence = "medium", reason = "Claude Code of ana destroyed 5 different things in one session, up to 5 within ten minutes; the first: \"drive/delete_file {'id':'1'}\", \"drive/delete_file {'id':'2'}\", \"drive/delete_file {'id':'3'}\" and 2 more; every call has a result. The user had asked for 4 of them: \"delete each of the five files\", \"delete file 2\", \"delete file 3\"." } ]
-- [[case]]
-- name = "the user had asked for it, and so had an order in what was read"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'1'}", outcome = "ok", record_id = 1, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'2'}", outcome = "ok", record_id = 2, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'3'}", outcome = "ok", record_id = 3, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'4'}", outcome = "ok", record_id = 4, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'5'}", outcome = "ok", record_id = 5, destroys = true },
-- ]
-- deletion_orders = [
--   { call_uid = "c1", wanted = "delete each of the five files", source_uid = "c0", sentence = "delete all files.", says = "x", whole = true, marks = 2 },
--   { call_uid = "c2", wanted = "delete each of the five files", source_uid = "c0", sentence = "delete all files.", says = "x", whole = true, marks = 2 },
--   { call_uid = "c3", wanted = "delete each of the five files", source_uid = "c0", sentence = "delete all files.", says = "x", whole = true, marks = 2 },
--   { call_uid = "c4", wanted = "delete each of the five files", source_uid = "c0", sentence = "delete all files.", says = "x", whole = true, marks = 2 },
--   { call_uid = "c5", wanted = "delete each of the five files", source_uid = "c0", sentence = "delete all files.", says = "x", whole = true, marks = 2 },
-- ]
-- expect = [ { severity = "critical", confidence = "medium", reason = "Claude Code of ana destroyed 5 different things in one session, up to 5 within ten minutes; the first: \"drive/delete_file {'id':'1'}\", \"drive/delete_file {'id':'2'}\", \"drive/delete_file {'id':'3'}\" and 2 more; every call has a result." } ]
-- [[case]]
-- name = "the user had asked for it, and a text with one mark speaks of it"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'1'}", outcome = "ok", record_id = 1, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'2'}", outcome = "ok", record_id = 2, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'3'}", outcome = "ok", record_id = 3, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'4'}", outcome = "ok", record_id = 4, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'5'}", outcome = "ok", record_id = 5, destroys = true },
-- ]
-- deletion_orders = [
--   { call_uid = "c1", wanted = "delete each of the five files", source_uid = "c0", sentence = "delete all files.", says = "x", whole = true, marks = 1 },
--   { call_uid = "c2", wanted = "delete each of the five files", source_uid = "c0", sentence = "delete all files.", says = "x", whole = true, marks = 1 },
--   { call_uid = "c3", wanted = "delete each of the five files", source_uid = "c0", sentence = "delete all files.", says = "x", whole = true, marks = 1 },
--   { call_uid = "c4", wanted = "delete each of the five files", source_uid = "c0", sentence = "delete all files.", says = "x", whole = true, marks = 1 },
--   { call_uid = "c5", wanted = "delete each of the five files", source_uid = "c0", sentence = "delete all files.", says = "x", whole = true, marks = 1 },
-- ]
-- expect = [ { severity = "low" } ]
-- [[case]]
-- name = "the user had asked for something that cannot be undone"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'1'}", outcome = "ok", record_id = 1, destroys = true },
-- ]
-- deletion_orders = [
--   { call_uid = "c1", wanted = "delete each of the five files" },
-- ]
-- command_acts = [
--   { call_uid = "c1", nth = 1, act = "catastrophic", meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [ { severity = "high", confidence = "medium" } ]
-- [[case]]
-- name = "beside what cannot be brought back something small went, which is not counted and not told"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c0", seq = 1, position = 2, time = 2026-03-01T09:00:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'1'}", outcome = "ok", record_id = 1, destroys = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 2, position = 4, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{}", outcome = "ok", record_id = 2, destroys = true },
-- ]
-- command_acts = [
--   { call_uid = "c1", nth = 1, act = "catastrophic", meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { count = 1, reason = "Claude Code of ana destroyed 1 thing in one session; one call does it (\"prog it\"); the first: \"prog it\"; every call has a result." },
-- ]
-- [[case]]
-- name = "the user had named what cannot be brought back"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "drive", tool = "delete_file", arguments = "{'id':'1'}", outcome = "ok", record_id = 1, destroys = true },
-- ]
-- deletion_orders = [
--   { call_uid = "c1", wanted = "delete each of the five files" },
-- ]
-- command_acts = [
--   { call_uid = "c1", nth = 1, act = "catastrophic", meaning = "does it", thing = "old-preview", program = "prog", text = "prog it" },
-- ]
-- expect = [ { severity = "low", confidence = "low" } ]
-- +++
WITH lost AS (
  SELECT call_uid, session_id, login, device, agent, integration, tool, seq, time, outcome, export_key, record_id,
         integration || '/' || tool || ' ' || arguments AS target
  FROM steps
  WHERE destroys
),
firsts AS (
  -- The same thing destroyed again is not more.
  SELECT *, row_number() OVER (PARTITION BY session_id, login, device, target ORDER BY time, seq, call_uid) AS nth FROM lost
),
bursts AS (
  SELECT *, count(*) OVER (PARTITION BY session_id, login, device ORDER BY time RANGE BETWEEN INTERVAL '10 minutes' PRECEDING AND CURRENT ROW) AS near
  FROM firsts
  WHERE nth = 1
),
total AS (
  SELECT session_id, login, device, max(near) AS most FROM bursts GROUP BY session_id, login, device HAVING max(near) >= $min_calls
),
worst AS (
  SELECT call_uid, min(meaning) AS meaning, min(text) AS text, bool_and(thing IS NOT NULL) AS named FROM command_acts WHERE act = 'catastrophic' GROUP BY call_uid
),
named AS (
  -- What was destroyed first, in the words of the call.
  SELECT f.session_id, f.login, f.device, string_agg('"' || f.thing || '"', ', ' ORDER BY f.place) AS things, max(f.many) AS many
  FROM (
    SELECT b.session_id, b.login, b.device, coalesce(a.text, excerpt(b.target, $quote_chars)) AS thing,
           row_number() OVER (PARTITION BY b.session_id, b.login, b.device ORDER BY b.time, b.seq, b.call_uid) AS place,
           count(*) OVER (PARTITION BY b.session_id, b.login, b.device) AS many
    FROM firsts b
    LEFT JOIN (SELECT call_uid, excerpt(min(text), $quote_chars) AS text FROM command_acts WHERE act IN ('destructive', 'catastrophic') GROUP BY call_uid) a ON a.call_uid = b.call_uid
    LEFT JOIN total t ON t.session_id = b.session_id AND t.login = b.login AND t.device = b.device
    LEFT JOIN worst w ON w.call_uid = b.call_uid
    WHERE b.nth = 1 AND (t.session_id IS NOT NULL OR w.call_uid IS NOT NULL)
  ) f
  WHERE f.place <= 3
  GROUP BY f.session_id, f.login, f.device
),
-- What the user's own words ask for; not where an order like an injection that was read says the same.
wanted AS (
  SELECT call_uid, wanted FROM deletion_orders WHERE wanted IS NOT NULL AND coalesce(marks, 0) < $min_marks
),
quotes AS (
  SELECT session_id, login, device, string_agg('"' || wanted || '"', ', ' ORDER BY place) AS said
  FROM (
    SELECT session_id, login, device, excerpt(wanted, $quote_chars) AS wanted,
           row_number() OVER (PARTITION BY session_id, login, device ORDER BY min(time), wanted) AS place
    FROM firsts f
    JOIN wanted u ON u.call_uid = f.call_uid
    GROUP BY session_id, login, device, wanted
  )
  WHERE place <= 3
  GROUP BY session_id, login, device
)
SELECT
  max(l.agent) AS subject,
  max(l.agent) || ' of ' || l.login || ' destroyed ' || CAST(count(*) AS VARCHAR) || CASE WHEN count(*) = 1 THEN ' thing' ELSE ' different things' END || ' in one session'
    || CASE WHEN max(t.most) IS NOT NULL THEN ', up to ' || CAST(max(t.most) AS VARCHAR) || ' within ten minutes' ELSE '' END
    || coalesce('; one call ' || min(w.meaning) || ' ("' || excerpt(min(w.text), $quote_chars) || '")', '')
    || coalesce('; the first: ' || max(n.things) || CASE WHEN max(n.many) > 3 THEN ' and ' || CAST(max(n.many) - 3 AS VARCHAR) || ' more' ELSE '' END, '')
    || '; ' || CASE sum(CASE WHEN l.outcome IN ('ok', 'error') THEN 1 ELSE 0 END)
                 WHEN count(*) THEN 'every call has a result'
                 WHEN 0 THEN 'none of it was executed, all was proposed or refused'
                 ELSE CAST(sum(CASE WHEN l.outcome IN ('ok', 'error') THEN 1 ELSE 0 END) AS VARCHAR) || ' of them have a result, the others were proposed or refused'
               END || '.'
    || coalesce(' The user had asked for ' || CASE count(u.call_uid) WHEN count(*) THEN 'it' ELSE CAST(count(u.call_uid) AS VARCHAR) || ' of them' END || ': ' || max(q.said) || '.', '') AS reason,
  min(l.time) AS first_seen,
  max(l.time) AS last_seen,
  count(*) AS count,
  l.session_id,
  l.login,
  l.device,
  max(l.agent) AS agent,
  coalesce(l.session_id, '') AS key,
  CASE WHEN sum(CASE WHEN l.outcome IN ('ok', 'error') THEN 1 ELSE 0 END) = 0 THEN 'medium'
       WHEN count(u.call_uid) = count(*) AND coalesce(bool_and(w.named), true) THEN 'low'
       WHEN count(u.call_uid) = count(*) THEN 'high' ELSE 'critical' END AS severity,
  CASE WHEN count(u.call_uid) = count(*) AND coalesce(bool_and(w.named), true) THEN 'low' ELSE 'medium' END AS confidence,
  array_agg(evidence(l.export_key, l.record_id) ORDER BY l.time, l.seq, l.call_uid) AS evidence
FROM firsts l
LEFT JOIN total t ON t.session_id = l.session_id AND t.login = l.login AND t.device = l.device
LEFT JOIN named n ON n.session_id = l.session_id AND n.login = l.login AND n.device = l.device
LEFT JOIN worst w ON w.call_uid = l.call_uid
LEFT JOIN wanted u ON u.call_uid = l.call_uid
LEFT JOIN quotes q ON q.session_id = l.session_id AND q.login = l.login AND q.device = l.device
WHERE l.nth = 1 AND (t.session_id IS NOT NULL OR w.call_uid IS NOT NULL)
GROUP BY l.session_id, l.login, l.device
ORDER BY l.login, l.session_id, l.device
