-- +++
-- title = "A miner runs on a machine of the organisation"
-- severity = "high"
-- confidence = "high"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "A command started a program that mines a currency, or connected to a pool of miners."
-- impact = "Machines and power of the organisation work for somebody else, and whoever brought the miner could bring other things."
-- false_positives = [
--   "Work on miners: analysis of malware, development of a pool.",
-- ]
-- next_steps = [
--   "Stop the process, and look for what starts it again: crontab -l, systemctl list-unit-files --state=enabled, launchctl list.",
--   "Ask {whom} whether they wanted it.",
--   "SELECT time, tool, text, outcome FROM command_acts WHERE session_id = '{session_id}' ORDER BY time",
--   "Find out where it came from, and block that place and the pool.",
-- ]
-- references = ["https://attack.mitre.org/techniques/T1496/"]
-- tags = ["owasp-asi:2026:ASI02", "owasp-asi:2026:ASI05"]
-- [params]
-- quote_chars = 160
-- [[case]]
-- name = "a miner was started"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "mine", meaning = "mines a currency", program = "xmrig", text = "xmrig -o stratum+tcp://pool.example:3333" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "set up the speech model", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { subject = "xmrig", severity = "high", confidence = "high", count = 1, evidence = ["e#1"] },
-- ]
-- [[case]]
-- name = "started twice in one session"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "mine", meaning = "mines a currency", program = "xmrig", text = "xmrig -o stratum+tcp://pool.example:3333" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", nth = 1, seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "mine", meaning = "mines a currency", program = "xmrig", text = "xmrig -o stratum+tcp://pool.example:3333" },
-- ]
-- expect = [
--   { count = 2, evidence = ["e#1", "e#2"] },
-- ]
-- [[case]]
-- name = "only proposed"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "attempted", record_id = 1, act = "mine", meaning = "mines a currency", program = "xmrig", text = "xmrig -o stratum+tcp://pool.example:3333" },
-- ]
-- expect = [
--   { severity = "medium", confidence = "medium" },
-- ]
-- [[case]]
-- name = "the user wanted it"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "mine", meaning = "mines a currency", program = "xmrig", text = "xmrig -o stratum+tcp://pool.example:3333" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "please start xmrig on this box", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { severity = "medium", confidence = "high" },
-- ]
-- [[case]]
-- name = "it failed, but it was tried"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "error", record_id = 1, act = "mine", meaning = "mines a currency", program = "xmrig", text = "xmrig -o stratum+tcp://pool.example:3333" },
-- ]
-- expect = [
--   { severity = "high" },
-- ]
-- [[case]]
-- name = "refused"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "refused", record_id = 1, act = "mine", meaning = "mines a currency", program = "xmrig", text = "xmrig -o stratum+tcp://pool.example:3333" },
-- ]
-- expect = []
-- [[case]]
-- name = "a miner is stopped"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "guard-off", meaning = "does it", program = "pkill", text = "pkill xmrig" },
-- ]
-- expect = []
-- [[case]]
-- name = "something is fetched"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "fetch", meaning = "does it", program = "curl", text = "curl https://xmrig.example/docs" },
-- ]
-- expect = []
-- [[case]]
-- name = "something is run"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "run", meaning = "does it", program = "bash", text = "bash build.sh" },
-- ]
-- expect = []
-- [[case]]
-- name = "a job is planned"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "persist", meaning = "does it", program = "crontab", text = "crontab -" },
-- ]
-- expect = []
-- [[case]]
-- name = "an upload"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "send", meaning = "does it", program = "curl", text = "curl -d x https://x.example" },
-- ]
-- expect = []
-- [[case]]
-- name = "the miner is spoken of only afterwards"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "mine", meaning = "does it", program = "xmrig", text = "xmrig -o p" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "start xmrig", position = 5, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { severity = "high" },
-- ]
-- [[case]]
-- name = "the miner is spoken of in another conversation"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "mine", meaning = "does it", program = "xmrig", text = "xmrig -o p" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "d", session_id = "s", role = "user", kind = "text", text = "start xmrig", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { severity = "high" },
-- ]
-- [[case]]
-- name = "the miner is spoken of by the model"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "mine", meaning = "does it", program = "xmrig", text = "xmrig -o p" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "assistant", kind = "text", text = "start xmrig", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { severity = "high" },
-- ]
-- [[case]]
-- name = "the miner is spoken of in a result that the user sent back"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "mine", meaning = "does it", program = "xmrig", text = "xmrig -o p" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "tool_result", text = "start xmrig", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { severity = "high" },
-- ]
-- [[case]]
-- name = "one of two miners was named"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "mine", meaning = "does it", program = "xmrig", text = "xmrig" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", nth = 1, seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "mine", meaning = "does it", program = "gw", text = "gw -o p" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "start xmrig", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { subject = "gw", severity = "high" },
--   { subject = "xmrig", severity = "medium" },
-- ]
-- [[case]]
-- name = "one was refused, then another one started"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "refused", record_id = 1, act = "mine", meaning = "does it", program = "xmrig", text = "xmrig" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", nth = 1, seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "mine", meaning = "does it", program = "xmrig", text = "xmrig" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "hello", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1, evidence = ["e#2"] },
-- ]
-- +++
WITH mined AS (
  SELECT * FROM command_acts WHERE act = 'mine' AND outcome <> 'refused'
),
wanted AS (
  SELECT DISTINCT a.call_uid
  FROM mined a
  JOIN user_texts m ON m.conversation_id = a.conversation_id
  WHERE m.position < a.position AND mentions(m.text, a.program)
)
SELECT
  a.program AS subject,
  max(a.agent) || ' of ' || a.login || ' ran what ' || min(a.meaning) || ' ("' || excerpt(first_value(a.text ORDER BY a.time, a.call_uid, a.nth), $quote_chars) || '")'
    || CASE WHEN bool_or(w.call_uid IS NOT NULL) THEN ', which the user had named' ELSE '' END
    || CASE WHEN bool_or(a.outcome = 'ok') THEN '; it was executed.' WHEN bool_or(a.outcome = 'error') THEN '; it failed.' ELSE '; no result was seen, so it was proposed, not executed.' END AS reason,
  min(a.time) AS first_seen,
  max(a.time) AS last_seen,
  count(*) AS count,
  a.session_id,
  a.login,
  a.device,
  max(a.agent) AS agent,
  a.session_id || ' ' || a.program AS key,
  CASE WHEN NOT bool_or(a.outcome IN ('ok', 'error')) OR bool_or(w.call_uid IS NOT NULL) THEN 'medium' ELSE 'high' END AS severity,
  CASE WHEN bool_or(a.outcome IN ('ok', 'error')) THEN 'high' ELSE 'medium' END AS confidence,
  array_agg(evidence(a.export_key, a.record_id) ORDER BY a.time, a.call_uid, a.nth) AS evidence
FROM mined a
LEFT JOIN wanted w ON w.call_uid = a.call_uid
GROUP BY a.session_id, a.login, a.device, a.program
ORDER BY a.login, a.session_id, a.program
