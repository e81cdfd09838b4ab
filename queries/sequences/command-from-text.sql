-- +++
-- title = "Command that only third-party text gave"
-- severity = "critical"
-- confidence = "medium"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A command or a written file that leaves something behind, opens something or sends was copied from text of a third party, and the user had asked for nothing of the kind. No mark of an injection is needed for that, and no language."
-- impact = "Whoever wrote that text ran something with the rights of the user."
-- false_positives = [
--   "The user wanted the steps of a ticket to be followed in words that are not in catalog/delegation_marks.toml.",
-- ]
-- next_steps = [
--   "SELECT act, shown, source_uid FROM borrowed_acts WHERE call_uid = '{key}'",
--   "Read the session around it.",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI01", "owasp-asi:2026:ASI05", "owasp-llm:2025:LLM01", "atlas:AML.T0051.001", "atlas:AML.T0053"]
-- [params]
-- name_chars = 80
-- quote_chars = 160
-- [[case]]
-- name = "a ticket says what to leave behind, and something else was asked for"
-- borrowed_acts = [
--   { call_uid = "c2", act = "persist", meaning = "plans a job", shown = "crontab -", source_uid = "c1", source_fetched = false, handed_over = false },
-- ]
-- asked_calls = [
--   { call_uid = "c2", asked = true, only_reading = false },
-- ]
-- history_calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "jira", tool = "get_issue", arguments = "{}", outcome = "ok", record_id = 1, result_export_key = "e", result_record_id = 2 },
-- ]
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{}", outcome = "ok", record_id = 2, persistence = true, executes = true, result_export_key = "e", result_record_id = 3 },
-- ]
-- expect = [
--   { subject = "Bash", severity = "critical", confidence = "medium", evidence = ["e#1", "e#2", "e#2", "e#3"] },
-- ]
-- [[case]]
-- name = "only something to be read was asked for"
-- borrowed_acts = [
--   { call_uid = "c2", act = "persist", meaning = "plans a job", shown = "crontab -", source_uid = "c1", source_fetched = false, handed_over = false },
-- ]
-- asked_calls = [
--   { call_uid = "c2", asked = false, only_reading = true },
-- ]
-- history_calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "jira", tool = "get_issue", arguments = "{}", outcome = "ok", record_id = 1, result_export_key = "e", result_record_id = 2 },
-- ]
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{}", outcome = "ok", record_id = 2, persistence = true, executes = true, result_export_key = "e", result_record_id = 3 },
-- ]
-- expect = [
--   { severity = "critical", confidence = "high" },
-- ]
-- [[case]]
-- name = "a page, and nobody had asked for anything to be done"
-- borrowed_acts = [
--   { call_uid = "c2", act = "send", meaning = "plans a job", shown = "crontab -", source_uid = "c1", source_fetched = true, handed_over = false },
-- ]
-- asked_calls = [
--   { call_uid = "c2", asked = false, only_reading = false },
-- ]
-- history_calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "jira", tool = "get_issue", arguments = "{}", outcome = "ok", record_id = 1, result_export_key = "e", result_record_id = 2 },
-- ]
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{}", outcome = "ok", record_id = 2, persistence = true, executes = true, result_export_key = "e", result_record_id = 3 },
-- ]
-- expect = [
--   { confidence = "medium" },
-- ]
-- [[case]]
-- name = "a tunnel that a page asks for, whatever the call is"
-- borrowed_acts = [
--   { call_uid = "c2", act = "remote", meaning = "plans a job", shown = "crontab -", source_uid = "c1", source_fetched = true, handed_over = false },
-- ]
-- asked_calls = [
--   { call_uid = "c2", asked = true, only_reading = false },
-- ]
-- history_calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "jira", tool = "get_issue", arguments = "{}", outcome = "ok", record_id = 1, result_export_key = "e", result_record_id = 2 },
-- ]
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{}", outcome = "ok", record_id = 2, persistence = true, executes = true, result_export_key = "e", result_record_id = 3 },
-- ]
-- expect = [
--   { severity = "critical", count = 1 },
-- ]
-- [[case]]
-- name = "only proposed"
-- borrowed_acts = [
--   { call_uid = "c2", act = "persist", meaning = "plans a job", shown = "crontab -", source_uid = "c1", source_fetched = false, handed_over = false },
-- ]
-- asked_calls = [
--   { call_uid = "c2", asked = true, only_reading = false },
-- ]
-- history_calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "jira", tool = "get_issue", arguments = "{}", outcome = "ok", record_id = 1, result_export_key = "e", result_record_id = 2 },
-- ]
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{}", outcome = "attempted", record_id = 2, persistence = true, executes = true, result_export_key = "e", result_record_id = 3 },
-- ]
-- expect = [
--   { severity = "medium" },
-- ]
-- [[case]]
-- name = "the next steps were handed over"
-- borrowed_acts = [
--   { call_uid = "c2", act = "persist", meaning = "plans a job", shown = "crontab -", source_uid = "c1", source_fetched = false, handed_over = true },
-- ]
-- asked_calls = [
--   { call_uid = "c2", asked = true, only_reading = false },
-- ]
-- history_calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "jira", tool = "get_issue", arguments = "{}", outcome = "ok", record_id = 1, result_export_key = "e", result_record_id = 2 },
-- ]
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{}", outcome = "ok", record_id = 2, persistence = true, executes = true, result_export_key = "e", result_record_id = 3 },
-- ]
-- expect = []
-- [[case]]
-- name = "a page that says how to set up what was asked for"
-- borrowed_acts = [
--   { call_uid = "c2", act = "persist", meaning = "plans a job", shown = "crontab -", source_uid = "c1", source_fetched = true, handed_over = false },
-- ]
-- asked_calls = [
--   { call_uid = "c2", asked = true, only_reading = false },
-- ]
-- history_calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "jira", tool = "get_issue", arguments = "{}", outcome = "ok", record_id = 1, result_export_key = "e", result_record_id = 2 },
-- ]
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{}", outcome = "ok", record_id = 2, persistence = true, executes = true, result_export_key = "e", result_record_id = 3 },
-- ]
-- expect = []
-- [[case]]
-- name = "sent as asked"
-- borrowed_acts = [
--   { call_uid = "c2", act = "send", meaning = "plans a job", shown = "crontab -", source_uid = "c1", source_fetched = false, handed_over = false },
-- ]
-- asked_calls = [
--   { call_uid = "c2", asked = true, only_reading = false },
-- ]
-- history_calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "jira", tool = "get_issue", arguments = "{}", outcome = "ok", record_id = 1, result_export_key = "e", result_record_id = 2 },
-- ]
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{}", outcome = "ok", record_id = 2, persistence = true, executes = true, result_export_key = "e", result_record_id = 3 },
-- ]
-- expect = []
-- [[case]]
-- name = "an act that says nothing"
-- borrowed_acts = [
--   { call_uid = "c2", act = "run", meaning = "plans a job", shown = "crontab -", source_uid = "c1", source_fetched = false, handed_over = false },
-- ]
-- asked_calls = [
--   { call_uid = "c2", asked = false, only_reading = true },
-- ]
-- history_calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "jira", tool = "get_issue", arguments = "{}", outcome = "ok", record_id = 1, result_export_key = "e", result_record_id = 2 },
-- ]
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{}", outcome = "ok", record_id = 2, persistence = true, executes = true, result_export_key = "e", result_record_id = 3 },
-- ]
-- expect = []
-- [[case]]
-- name = "nothing is known of what was asked"
-- borrowed_acts = [
--   { call_uid = "c2", act = "send", meaning = "plans a job", shown = "crontab -", source_uid = "c1", source_fetched = false, handed_over = false },
-- ]
-- history_calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "jira", tool = "get_issue", arguments = "{}", outcome = "ok", record_id = 1, result_export_key = "e", result_record_id = 2 },
-- ]
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{}", outcome = "ok", record_id = 2, persistence = true, executes = true, result_export_key = "e", result_record_id = 3 },
-- ]
-- expect = []
-- +++
WITH counted AS (
  SELECT b.call_uid, min(b.source_uid) AS source_uid, string_agg(DISTINCT b.meaning, ', ' ORDER BY b.meaning) AS meaning, min(b.shown) AS shown,
         bool_or(q.only_reading) AS only_reading, bool_or(k.severity = 'critical') AS critical
  FROM borrowed_acts b
  JOIN catalog_borrowed_acts k ON k.act = b.act
  JOIN asked_calls q ON q.call_uid = b.call_uid
  WHERE NOT b.handed_over
    AND (k.counts = 'always' OR NOT q.asked OR q.only_reading OR (k.counts = 'letters' AND NOT b.source_fetched))
  GROUP BY b.call_uid
)
SELECT
  c.tool AS subject,
  a.opening || ' with what a result of ' || s.integration || '/' || s.tool || ' had given word for word, and the user had not: ' || b.meaning || ' ("' || excerpt(b.shown, $quote_chars) || '"); '
    || a.ending || CASE WHEN b.only_reading THEN ' The user had asked only for something to be read or told.' ELSE '' END
    || CASE WHEN d.novelty <> 'seen' THEN ' The destination ' || defang(left(d.destination, $name_chars)) || ' ' || d.novelty_says || '.' ELSE '' END AS reason,
  least(s.time, c.time) AS first_seen,
  c.time AS last_seen,
  CAST(1 AS BIGINT) AS count,
  c.session_id,
  c.login,
  c.device,
  c.agent,
  c.tool,
  c.integration,
  c.call_uid AS key,
  CASE WHEN b.critical AND c.outcome = 'ok' THEN 'critical' ELSE a.severity END AS severity,
  CASE WHEN b.only_reading OR d.novelty = 'new' THEN 'high' ELSE 'medium' END AS confidence,
  array_concat(make_array(evidence(s.export_key, s.record_id), evidence(s.result_export_key, s.result_record_id)), a.evidence) AS evidence,
  a.consequence
FROM counted b
JOIN calls c ON c.call_uid = b.call_uid
JOIN history_calls s ON s.call_uid = b.source_uid
JOIN call_accounts a ON a.call_uid = b.call_uid
LEFT JOIN steps d ON d.call_uid = b.call_uid
ORDER BY c.session_id, c.seq, c.call_uid
