-- +++
-- title = "Approvals or protections switched off"
-- severity = "medium"
-- confidence = "high"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A command starts an agent that asks for no approval, goes round hooks, or switches a protection of the machine off."
-- impact = "What happens afterwards is not held up by anybody."
-- false_positives = [
--   "Agents in a sandbox of a build server.",
-- ]
-- next_steps = [
--   "SELECT time, text, outcome FROM command_acts WHERE call_uid = '{key}'",
--   "Read the session around it.",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI09", "owasp-asi:2026:ASI03", "owasp-asi:2026:ASI10", "atlas:AML.T0081"]
-- [params]
-- quote_chars = 160
-- [[case]]
-- name = "executed"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "guard-off", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { subject = "prog", severity = "medium", evidence = ["e#1"], count = 1 },
-- ]
-- [[case]]
-- name = "proposed only"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "attempted", record_id = 1, act = "guard-off", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { severity = "medium" },
-- ]
-- [[case]]
-- name = "refused by a person"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "refused", record_id = 1, act = "guard-off", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { severity = "medium" },
-- ]
-- [[case]]
-- name = "failed, but it was tried"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "error", record_id = 1, act = "guard-off", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { severity = "medium" },
-- ]
-- [[case]]
-- name = "two commands of one call are one finding"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "guard-off", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "guard-off", nth = 2, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { count = 2 },
-- ]
-- [[case]]
-- name = "two calls are two findings"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "guard-off", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "guard-off", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
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
-- +++
WITH acts AS (
  SELECT call_uid, session_id, conversation_id, login, device, agent, integration, tool, seq, time, outcome, export_key, record_id,
         string_agg(DISTINCT meaning, ', ' ORDER BY meaning) AS meaning, min(text) AS text, min(program) AS program, count(*) AS commands
  FROM command_acts
  WHERE act IN ('guard-off')
  GROUP BY call_uid, session_id, conversation_id, login, device, agent, integration, tool, seq, time, outcome, export_key, record_id
)
SELECT
  program AS subject,
  agent || ' of ' || login || ' switched a guard off' || ': ' || meaning || ' ("' || excerpt(text, $quote_chars) || '")'
    || CASE outcome WHEN 'ok' THEN '; it was executed.' WHEN 'attempted' THEN '; no result was seen, so it was proposed, not executed.' WHEN 'refused' THEN '; it was refused.' ELSE '; it failed.' END AS reason,
  time AS first_seen,
  time AS last_seen,
  commands AS count,
  session_id,
  login,
  device,
  agent,
  tool,
  integration,
  call_uid AS key,
  CASE WHEN outcome IN ('attempted', 'refused') THEN 'medium' ELSE 'medium' END AS severity,
  make_array(evidence(export_key, record_id)) AS evidence
FROM acts
ORDER BY session_id, seq, call_uid
