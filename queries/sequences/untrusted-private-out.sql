-- +++
-- title = "Untrusted text, then private data, then a way out"
-- severity = "medium"
-- confidence = "low"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "In one conversation an agent read third-party text, then private data, then sent something out."
-- impact = "All three together are what an injection needs to steal data; alone this order is common."
-- false_positives = [
--   "An agent that looks things up, reads settings and calls the service that it works on.",
-- ]
-- next_steps = [
--   "Read the session around it.",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
--   "Compare what was sent with what was read.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI01", "owasp-asi:2026:ASI02", "owasp-llm:2025:LLM01", "owasp-llm:2025:LLM02", "atlas:AML.T0051.001", "atlas:AML.T0086"]
-- [params]
-- max_minutes = 60
-- max_calls = 50
-- name_chars = 80
-- [[case]]
-- name = "the plain order"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true },
-- ]
-- expect = [
--   { subject = "chat/post", severity = "high", confidence = "low", count = 1, evidence = ["e#1", "e#2", "e#3"] },
-- ]
-- [[case]]
-- name = "a fresh untrusted read after the private one hides nothing"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 3, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 4, sends = true },
-- ]
-- expect = [
--   { count = 1, evidence = ["e#1", "e#2", "e#4"] },
-- ]
-- [[case]]
-- name = "one step that is untrusted and private"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "mail", tool = "inbox", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true, reads_private = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = [
--   { severity = "medium", evidence = ["e#1", "e#1", "e#2"] },
-- ]
-- [[case]]
-- name = "the file of credentials itself is sent"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true, sends_secret = true },
-- ]
-- expect = [
--   { severity = "critical", confidence = "high" },
-- ]
-- [[case]]
-- name = "the file of credentials would have been sent"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "refused", record_id = 3, sends = true, sends_secret = true },
-- ]
-- expect = [
--   { severity = "critical", confidence = "low" },
-- ]
-- [[case]]
-- name = "two files of credentials are sent"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true, sends_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 4, sends = true, sends_secret = true },
-- ]
-- expect = [
--   { count = 1 },
--   { count = 1 },
-- ]
-- [[case]]
-- name = "a secret read does not make a later call a proof"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true, reads_secret = true },
-- ]
-- expect = [
--   { severity = "high", confidence = "low" },
-- ]
-- [[case]]
-- name = "sent twice"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:04:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 4, sends = true },
-- ]
-- expect = [
--   { count = 2 },
-- ]
-- [[case]]
-- name = "private data are not credentials"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "mail", tool = "act", arguments = "{}", outcome = "ok", record_id = 2, reads_private = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true },
-- ]
-- expect = [
--   { severity = "medium" },
-- ]
-- [[case]]
-- name = "within the hour"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:00:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:30:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T10:00:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "private before untrusted"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 2, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "sent before the private read"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 3, reads_secret = true },
-- ]
-- expect = []
-- [[case]]
-- name = "nothing untrusted"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "nothing private"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "nothing sent"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
-- ]
-- expect = []
-- [[case]]
-- name = "another conversation"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "d", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "private read in another conversation"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "d", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "more than an hour later"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:00:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T10:01:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "more than fifty calls later"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c60", seq = 60, position = 120, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 60, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "to a place that nobody used before"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true, destination = "x.example", novelty = "new", novelty_says = "was never used before" },
-- ]
-- expect = [
--   { severity = "high", confidence = "high" },
-- ]
-- [[case]]
-- name = "to a place on the list of the organisation"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true, destination = "x.example", novelty = "listed", novelty_says = "is on the organisation's list" },
-- ]
-- expect = [
--   { severity = "low", confidence = "low" },
-- ]
-- [[case]]
-- name = "to a place that many have long used"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true, destination = "x.example", novelty = "known", novelty_says = "has long been used by 5 users" },
-- ]
-- expect = [
--   { severity = "low", confidence = "low" },
-- ]
-- [[case]]
-- name = "private data to a place that nobody used before"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_private = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true, destination = "x.example", novelty = "new", novelty_says = "was never used before" },
-- ]
-- expect = [
--   { severity = "medium", confidence = "low" },
-- ]
-- +++
WITH a AS (
  -- The newest untrusted result before each step; a step that is both counts as read before itself.
  SELECT *, greatest(coalesce(max(CASE WHEN reads_untrusted THEN seq END) OVER w, 0),
                     CASE WHEN reads_untrusted AND (reads_secret OR reads_private) THEN seq ELSE 0 END) AS a_seq
  FROM steps
  WINDOW w AS (PARTITION BY conversation_id ORDER BY seq, call_uid ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
b AS (
  -- Carried forward from the newest private read that had one before it, so that a fresh untrusted result hides nothing.
  SELECT *, max(CASE WHEN (reads_secret OR reads_private) AND a_seq > 0 THEN seq END) OVER (
           PARTITION BY conversation_id ORDER BY seq, call_uid ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS b_seq
  FROM a
),
chains AS (
  -- A proven one is a finding of its own, the others are one per conversation and tool.
  SELECT c.*, coalesce(c.novelty IN ('listed', 'known'), false) AS familiar, CASE WHEN c.sends_secret AND r.reads_secret THEN ' ' || c.call_uid ELSE '' END AS proven, r.integration || '/' || r.tool AS b_tool, r.export_key AS b_export, r.record_id AS b_record, r.reads_secret AS b_secret, r.arguments AS b_arguments,
         u.integration || '/' || u.tool AS a_tool, u.time AS a_time, u.export_key AS a_export, u.record_id AS a_record
  FROM b c
  JOIN a r ON r.conversation_id = c.conversation_id AND r.seq = c.b_seq
  JOIN steps u ON u.conversation_id = c.conversation_id AND u.seq = r.a_seq
  WHERE c.sends AND c.seq - u.seq <= $max_calls AND c.time - u.time <= arrow_cast($max_minutes * 60000000, 'Duration(Microsecond)')
)
SELECT
  integration || '/' || tool AS subject,
  first_value(agent || ' of ' || login || ' read third-party text with ' || a_tool || ', then '
    || CASE WHEN b_secret THEN 'credentials with ' ELSE 'private data with ' END || b_tool || ', then sent data out with ' || integration || '/' || tool
    || CASE WHEN sends_secret THEN ' in a command that names credentials itself' ELSE '' END
    || coalesce(' to ' || defang(left(destination, $name_chars)) || ', which ' || novelty_says, '')
    || CASE outcome WHEN 'ok' THEN '; the last call was executed.' WHEN 'attempted' THEN '; no result was seen of the last call, so it was proposed, not executed.'
                    WHEN 'refused' THEN '; the last call was refused.' ELSE '; the last call failed.' END
    ORDER BY (b_secret AND sends_secret) DESC, b_secret DESC, seq, call_uid) AS reason,
  min(a_time) AS first_seen,
  max(time) AS last_seen,
  count(*) AS count,
  max(session_id) AS session_id,
  login,
  device,
  max(agent) AS agent,
  tool,
  integration,
  conversation_id || ' ' || integration || '/' || tool || proven AS key,
  CASE WHEN bool_and(familiar) THEN 'low' WHEN bool_or(b_secret AND sends_secret) THEN 'critical' WHEN bool_or(b_secret) THEN 'high' ELSE 'medium' END AS severity,
  -- Proven by the command itself, or credentials and a place where nobody sent anything before.
  CASE WHEN bool_or(b_secret AND (sends_secret OR novelty = 'new') AND NOT familiar AND outcome <> 'refused') THEN 'high' ELSE 'low' END AS confidence,
  first_value(make_array(evidence(a_export, a_record), evidence(b_export, b_record), evidence(export_key, record_id))
    ORDER BY (b_secret AND sends_secret) DESC, b_secret DESC, seq, call_uid) AS evidence
FROM chains
GROUP BY conversation_id, login, device, integration, tool, proven
ORDER BY login, conversation_id, integration, tool, proven
