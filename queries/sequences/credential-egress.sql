-- +++
-- title = "Credentials read, then data sent out"
-- severity = "high"
-- confidence = "low"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "An agent read credentials and sent something out within half an hour, or named a file of credentials in the call that sends."
-- impact = "Credentials may have left; whoever has them can act as their owner."
-- false_positives = [
--   "A deployment that reads its settings and then calls its own service.",
-- ]
-- next_steps = [
--   "Read the session around it.",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
--   "Rotate the credentials if what was sent holds them.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI02", "owasp-asi:2026:ASI03", "owasp-llm:2025:LLM02", "atlas:AML.T0098", "atlas:AML.T0086"]
-- [params]
-- max_minutes = 30
-- name_chars = 80
-- files = "id_(rsa|dsa|ecdsa|ed25519)|\\.env\\b|\\.npmrc|\\.netrc|\\.pypirc|\\.aws/|\\.ssh/|\\.kube/|\\.git-credentials|keystore|wallet|hosts\\.yml|credentials|\\.pem\\b|\\.kdbx|\\.pgpass"
-- min_files = 2
-- [[case]]
-- name = "read, then sent"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = [
--   { subject = "chat/post", confidence = "low", evidence = ["e#1", "e#2"] },
-- ]
-- [[case]]
-- name = "the file is named in the call that sends"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 1, sends = true, reads_secret = true, sends_secret = true, does = "uploads with curl" },
-- ]
-- expect = [
--   { confidence = "high", count = 1, evidence = ["e#1", "e#1"] },
-- ]
-- [[case]]
-- name = "the same, refused"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "refused", record_id = 1, sends = true, reads_secret = true, sends_secret = true },
-- ]
-- expect = [
--   { confidence = "low" },
-- ]
-- [[case]]
-- name = "settings are loaded and a service is called"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 1, sends = true, reads_secret = true },
-- ]
-- expect = [
--   { confidence = "low" },
-- ]
-- [[case]]
-- name = "the nearest read counts"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true },
-- ]
-- expect = [
--   { count = 1, evidence = ["e#2", "e#3"] },
-- ]
-- [[case]]
-- name = "two calls that send"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true },
-- ]
-- expect = [
--   { count = 2 },
-- ]
-- [[case]]
-- name = "sent before the read"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 1, sends = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
-- ]
-- expect = []
-- [[case]]
-- name = "another conversation"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "d", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "more than half an hour later"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:00:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:31:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "nothing secret"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "mail", tool = "act", arguments = "{}", outcome = "ok", record_id = 1, reads_private = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "nothing sent"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 2, reads_secret = true },
-- ]
-- expect = []
-- [[case]]
-- name = "to a place that nobody used before"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true, destination = "x.example", novelty = "new", novelty_says = "was never used before" },
-- ]
-- expect = [
--   { severity = "high", confidence = "medium" },
-- ]
-- [[case]]
-- name = "to a place on the list of the organisation"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true, destination = "x.example", novelty = "listed", novelty_says = "is on the organisation's list" },
-- ]
-- expect = [
--   { severity = "low", confidence = "low" },
-- ]
-- [[case]]
-- name = "several files of credentials are encoded and made public"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, arguments = "{}", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, arguments = "{}", record_id = 3, sends = true },
-- ]
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, record_id = 1, nth = 1, act = "secret", program = "find", meaning = "x", text = "find ~ -name id_rsa -o -name .npmrc -o -name .netrc" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, record_id = 2, nth = 1, act = "encode", program = "base64", meaning = "x", text = "base64 all" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, record_id = 3, nth = 1, act = "publish", program = "gh", meaning = "x", text = "gh repo create x --public --push" },
-- ]
-- expect = [
--   { confidence = "high" },
-- ]
-- [[case]]
-- name = "a package is published after a look for settings"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, arguments = "{}", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, arguments = "{}", record_id = 3, sends = true },
-- ]
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, record_id = 1, nth = 1, act = "secret", program = "find", meaning = "x", text = "find ~ -name id_rsa -o -name .npmrc -o -name .netrc" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, record_id = 2, nth = 1, act = "encode", program = "base64", meaning = "x", text = "tar tzf a.tgz" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, record_id = 3, nth = 1, act = "publish", program = "npm", meaning = "x", text = "npm publish" },
-- ]
-- expect = [
--   { confidence = "low" },
-- ]
-- [[case]]
-- name = "one file of credentials was read before"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, arguments = "{}", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, arguments = "{}", record_id = 3, sends = true },
-- ]
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, record_id = 1, nth = 1, act = "secret", program = "find", meaning = "x", text = "cat ~/.npmrc" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, record_id = 2, nth = 1, act = "encode", program = "base64", meaning = "x", text = "base64 all" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, record_id = 3, nth = 1, act = "publish", program = "gh", meaning = "x", text = "gh repo create x --public --push" },
-- ]
-- expect = [
--   { confidence = "low" },
-- ]
-- [[case]]
-- name = "nothing was packed"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, arguments = "{}", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, arguments = "{}", record_id = 3, sends = true },
-- ]
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, record_id = 1, nth = 1, act = "secret", program = "find", meaning = "x", text = "find ~ -name id_rsa -o -name .npmrc -o -name .netrc" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, record_id = 3, nth = 1, act = "publish", program = "gh", meaning = "x", text = "gh repo create x --public --push" },
-- ]
-- expect = [
--   { confidence = "low" },
-- ]
-- [[case]]
-- name = "packed only after it was made public"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, arguments = "{}", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, arguments = "{}", record_id = 3, sends = true },
-- ]
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, record_id = 1, nth = 1, act = "secret", program = "find", meaning = "x", text = "find ~ -name id_rsa -o -name .npmrc" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, record_id = 3, nth = 1, act = "publish", program = "gh", meaning = "x", text = "gh repo create x --public --push" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:31:00Z, record_id = 4, nth = 1, act = "encode", program = "base64", meaning = "x", text = "base64 a" },
-- ]
-- expect = [
--   { confidence = "low" },
-- ]
-- [[case]]
-- name = "the files were looked for after something was packed"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, arguments = "{}", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, arguments = "{}", record_id = 3, sends = true },
-- ]
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c0", seq = 0, position = 0, time = 2026-03-01T09:09:00Z, record_id = 0, nth = 1, act = "encode", program = "base64", meaning = "x", text = "base64 a" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, record_id = 1, nth = 1, act = "secret", program = "find", meaning = "x", text = "find ~ -name id_rsa -o -name .npmrc" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, record_id = 3, nth = 1, act = "publish", program = "gh", meaning = "x", text = "gh repo create x --public --push" },
-- ]
-- expect = [
--   { confidence = "low" },
-- ]
-- [[case]]
-- name = "packed in another conversation"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, arguments = "{}", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, arguments = "{}", record_id = 3, sends = true },
-- ]
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, record_id = 1, nth = 1, act = "secret", program = "find", meaning = "x", text = "find ~ -name id_rsa -o -name .npmrc" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "d", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:12:00Z, record_id = 2, nth = 1, act = "encode", program = "base64", meaning = "x", text = "base64 a" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, record_id = 3, nth = 1, act = "publish", program = "gh", meaning = "x", text = "gh repo create x --public --push" },
-- ]
-- expect = [
--   { confidence = "low" },
-- ]
-- [[case]]
-- name = "the files were looked for in another conversation"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, arguments = "{}", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, arguments = "{}", record_id = 3, sends = true },
-- ]
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "d", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, record_id = 1, nth = 1, act = "secret", program = "find", meaning = "x", text = "find ~ -name id_rsa -o -name .npmrc" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:12:00Z, record_id = 2, nth = 1, act = "encode", program = "base64", meaning = "x", text = "base64 a" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, record_id = 3, nth = 1, act = "publish", program = "gh", meaning = "x", text = "gh repo create x --public --push" },
-- ]
-- expect = [
--   { confidence = "low" },
-- ]
-- [[case]]
-- name = "the files were looked for an hour before"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, arguments = "{}", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, arguments = "{}", record_id = 3, sends = true },
-- ]
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T08:10:00Z, record_id = 1, nth = 1, act = "secret", program = "find", meaning = "x", text = "find ~ -name id_rsa -o -name .npmrc" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:12:00Z, record_id = 2, nth = 1, act = "encode", program = "base64", meaning = "x", text = "base64 a" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, record_id = 3, nth = 1, act = "publish", program = "gh", meaning = "x", text = "gh repo create x --public --push" },
-- ]
-- expect = [
--   { confidence = "low" },
-- ]
-- [[case]]
-- name = "the files are only named by a build"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, arguments = "{}", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, arguments = "{}", record_id = 3, sends = true },
-- ]
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, record_id = 1, nth = 1, act = "run", program = "make", meaning = "x", text = "find ~ -name id_rsa -o -name .npmrc" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:12:00Z, record_id = 2, nth = 1, act = "encode", program = "base64", meaning = "x", text = "base64 a" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, record_id = 3, nth = 1, act = "publish", program = "gh", meaning = "x", text = "gh repo create x --public --push" },
-- ]
-- expect = [
--   { confidence = "low" },
-- ]
-- [[case]]
-- name = "something else was done with them than packed"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, arguments = "{}", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, arguments = "{}", record_id = 3, sends = true },
-- ]
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, record_id = 1, nth = 1, act = "secret", program = "find", meaning = "x", text = "find ~ -name id_rsa -o -name .npmrc" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:12:00Z, record_id = 2, nth = 1, act = "run", program = "sh", meaning = "x", text = "sh a" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, record_id = 3, nth = 1, act = "publish", program = "gh", meaning = "x", text = "gh repo create x --public --push" },
-- ]
-- expect = [
--   { confidence = "low" },
-- ]
-- [[case]]
-- name = "a repository is only pushed to"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, arguments = "{}", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, arguments = "{}", record_id = 3, sends = true },
-- ]
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, record_id = 1, nth = 1, act = "secret", program = "find", meaning = "x", text = "find ~ -name id_rsa -o -name .npmrc" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:12:00Z, record_id = 2, nth = 1, act = "encode", program = "base64", meaning = "x", text = "base64 a" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", integration = "Claude Code", tool = "Bash", outcome = "ok", conversation_id = "c", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, record_id = 3, nth = 1, act = "send", program = "gh", meaning = "x", text = "gh pr create" },
-- ]
-- expect = [
--   { confidence = "low" },
-- ]
-- [[case]]
-- name = "another call sends after the haul was made public"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", outcome = "ok", conversation_id = "c", integration = "Claude Code", tool = "Bash", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, arguments = "{}", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", outcome = "ok", conversation_id = "c", integration = "Claude Code", tool = "Bash", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, arguments = "{}", record_id = 3, sends = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", outcome = "ok", conversation_id = "c", integration = "chat", tool = "post", call_uid = "c4", seq = 4, position = 8, time = 2026-03-01T09:31:00Z, arguments = "{}", record_id = 4, sends = true },
-- ]
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", outcome = "ok", conversation_id = "c", integration = "Claude Code", tool = "Bash", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:10:00Z, record_id = 1, nth = 1, act = "secret", program = "find", meaning = "x", text = "find ~ -name id_rsa -o -name .npmrc" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", outcome = "ok", conversation_id = "c", integration = "Claude Code", tool = "Bash", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:12:00Z, record_id = 2, nth = 1, act = "encode", program = "base64", meaning = "x", text = "base64 a" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", export_key = "e", outcome = "ok", conversation_id = "c", integration = "Claude Code", tool = "Bash", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:30:00Z, record_id = 3, nth = 1, act = "publish", program = "gh", meaning = "x", text = "gh repo create x --public --push" },
-- ]
-- expect = [
--   { subject = "Claude Code/Bash", confidence = "high" },
--   { subject = "chat/post", confidence = "low" },
-- ]
-- +++
WITH hauls AS (
  -- Several files of credentials, packed or encoded, then something made public: each of it is ordinary, together it is a haul.
  SELECT DISTINCT p.call_uid
  FROM command_acts p
  JOIN command_acts e ON e.conversation_id = p.conversation_id AND e.act = 'encode' AND e.seq <= p.seq
  JOIN command_acts f ON f.conversation_id = p.conversation_id AND f.act = 'secret' AND f.seq <= e.seq
  WHERE p.act = 'publish' AND p.program = 'gh' AND regexp_count(lower(f.text), $files) >= $min_files
    AND p.time - f.time <= arrow_cast($max_minutes * 60000000, 'Duration(Microsecond)')
),
pairs AS (
  SELECT o.*, s.integration || '/' || s.tool AS s_tool, s.time AS s_time, s.export_key AS s_export, s.record_id AS s_record,
         h.call_uid IS NOT NULL AS hauled,
         CASE WHEN o.sends_secret THEN ' ' || o.call_uid ELSE '' END AS proven,
         row_number() OVER (PARTITION BY o.call_uid ORDER BY s.seq DESC, s.call_uid) AS nth
  FROM steps o
  JOIN steps s ON s.conversation_id = o.conversation_id AND s.seq <= o.seq
  LEFT JOIN hauls h ON h.call_uid = o.call_uid
  WHERE o.sends AND s.reads_secret AND o.time - s.time <= arrow_cast($max_minutes * 60000000, 'Duration(Microsecond)')
)
SELECT
  integration || '/' || tool AS subject,
  first_value(agent || ' of ' || login || CASE WHEN sends_secret THEN ' named a file of credentials in a command that sends data out with ' WHEN hauled THEN ' read several files of credentials with ' || s_tool || ', packed or encoded data and then published with ' ELSE ' read credentials with ' || s_tool || ' and then sent data out with ' END
    || integration || '/' || tool || coalesce(' (' || does || ')', '') || coalesce(' to ' || defang(left(destination, $name_chars)) || ', which ' || novelty_says, '')
    || CASE outcome WHEN 'ok' THEN '; it was executed.' WHEN 'attempted' THEN '; it was proposed, not executed.' WHEN 'refused' THEN '; it was refused.' ELSE '; it failed.' END
    ORDER BY sends_secret DESC, seq, call_uid) AS reason,
  min(s_time) AS first_seen,
  max(time) AS last_seen,
  count(*) AS count,
  max(session_id) AS session_id,
  login,
  device,
  max(agent) AS agent,
  tool,
  integration,
  conversation_id || ' ' || integration || '/' || tool || proven AS key,
  CASE WHEN bool_and(coalesce(novelty IN ('listed', 'known'), false)) THEN 'low' ELSE 'high' END AS severity,
  CASE WHEN bool_or((sends_secret OR hauled) AND coalesce(novelty NOT IN ('listed', 'known'), true) AND outcome <> 'refused') THEN 'high' WHEN bool_or(novelty = 'new') THEN 'medium' ELSE 'low' END AS confidence,
  first_value(make_array(evidence(s_export, s_record), evidence(export_key, record_id)) ORDER BY sends_secret DESC, seq, call_uid) AS evidence
FROM pairs
WHERE nth = 1
GROUP BY conversation_id, login, device, integration, tool, proven
ORDER BY login, conversation_id, integration, tool, proven
