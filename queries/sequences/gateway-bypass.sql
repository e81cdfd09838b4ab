-- +++
-- title = "Agent pointed past the gateway"
-- severity = "high"
-- confidence = "medium"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A command sets the address of a model service, so that the traffic of an agent goes elsewhere."
-- impact = "Traffic that does not pass the gateway is neither recorded nor checked, and the other end reads all of it."
-- false_positives = [
--   "Somebody who sets the gateway up.",
-- ]
-- next_steps = [
--   "SELECT time, text, outcome FROM command_acts WHERE call_uid = '{key}'",
--   "Read the session around it.",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI10", "atlas:AML.T0081"]
-- [params]
-- name_chars = 80
-- quote_chars = 160
-- [[case]]
-- name = "executed"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "bypass", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { subject = "prog", severity = "high", evidence = ["e#1"], count = 1 },
-- ]
-- [[case]]
-- name = "proposed only"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "attempted", record_id = 1, act = "bypass", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { severity = "medium" },
-- ]
-- [[case]]
-- name = "refused by a person"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "refused", record_id = 1, act = "bypass", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { severity = "medium" },
-- ]
-- [[case]]
-- name = "failed, but it was tried"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "error", record_id = 1, act = "bypass", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { severity = "high" },
-- ]
-- [[case]]
-- name = "two commands of one call are one finding"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "bypass", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "bypass", nth = 2, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = [
--   { count = 2 },
-- ]
-- [[case]]
-- name = "two calls are two findings"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "bypass", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "bypass", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
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
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "bypass", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- steps = [ { call_uid = "c1", destination = "x.example", novelty = "listed", novelty_says = "is on the organisation's list" } ]
-- expect = [
--   { subject = "prog", severity = "medium" },
-- ]
-- [[case]]
-- name = "a destination that several users have long used"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "bypass", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- steps = [ { call_uid = "c1", destination = "x.example", novelty = "known", novelty_says = "has long been used by 5 users" } ]
-- expect = [
--   { subject = "prog", severity = "medium" },
-- ]
-- [[case]]
-- name = "a destination that was never used before"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "bypass", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- steps = [ { call_uid = "c1", destination = "x.example", novelty = "new", novelty_says = "was never used before" } ]
-- expect = [
--   { subject = "prog", severity = "high" },
-- ]
-- +++
WITH acts AS (
  SELECT call_uid, session_id, conversation_id, login, device, agent, integration, tool, seq, time, outcome, export_key, record_id,
         string_agg(DISTINCT meaning, ', ' ORDER BY meaning) AS meaning, min(text) AS text, min(program) AS program, count(*) AS commands
  FROM command_acts
  WHERE act IN ('bypass')
  GROUP BY call_uid, session_id, conversation_id, login, device, agent, integration, tool, seq, time, outcome, export_key, record_id
)
SELECT
  a.program AS subject,
  a.agent || ' of ' || a.login || ' changed where an agent sends its traffic' || ': ' || a.meaning || ' ("' || excerpt(a.text, $quote_chars) || '")'
    || CASE WHEN d.novelty <> 'seen' THEN '; ' || defang(left(d.destination, $name_chars)) || ' ' || d.novelty_says ELSE '' END
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
  CASE WHEN a.outcome IN ('attempted', 'refused') THEN 'medium' ELSE CASE WHEN d.novelty IN ('listed', 'known') THEN 'medium' ELSE 'high' END END AS severity,
  make_array(evidence(a.export_key, a.record_id)) AS evidence
FROM acts a
LEFT JOIN steps d ON d.call_uid = a.call_uid
ORDER BY a.session_id, a.seq, a.call_uid
