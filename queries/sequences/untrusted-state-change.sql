-- +++
-- title = "Data sent or destroyed right after third-party text"
-- severity = "medium"
-- confidence = "low"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "Right after third-party text came in, an agent sent data out or destroyed something."
-- impact = "The text may have led to it; by itself this is how much of the work of agents looks."
-- false_positives = [
--   "Reading an issue, fixing it and opening a pull request.",
-- ]
-- next_steps = [
--   "Read the session around it.",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI01", "owasp-asi:2026:ASI02", "owasp-llm:2025:LLM01", "atlas:AML.T0051.001"]
-- [params]
-- max_calls = 5
-- [[case]]
-- name = "a mail after a page"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = [
--   { subject = "chat/post", count = 1, evidence = ["e#1", "e#2"] },
-- ]
-- [[case]]
-- name = "something destroyed after a page"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "mail", tool = "drop", arguments = "{}", outcome = "ok", record_id = 3, destroys = true },
-- ]
-- expect = [
--   { subject = "mail/drop" },
-- ]
-- [[case]]
-- name = "two calls of one tool are one signal"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true },
-- ]
-- expect = [
--   { count = 2 },
-- ]
-- [[case]]
-- name = "the nearest text counts"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 2, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 3, sends = true },
-- ]
-- expect = [
--   { count = 1, evidence = ["e#2", "e#3"] },
-- ]
-- [[case]]
-- name = "six calls later"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c7", seq = 7, position = 14, time = 2026-03-01T09:07:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 7, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "before the text"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 1, sends = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 2, reads_untrusted = true },
-- ]
-- expect = []
-- [[case]]
-- name = "no third-party text"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "nothing sent"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "mail", tool = "act", arguments = "{}", outcome = "ok", record_id = 2 },
-- ]
-- expect = []
-- [[case]]
-- name = "another conversation"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "d", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "a destination on the list of the organisation"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true, destination = "x.example", novelty = "listed", novelty_says = "is on the organisation's list" },
-- ]
-- expect = [
--   { subject = "chat/post", severity = "low" },
-- ]
-- [[case]]
-- name = "a destination that several users have long used"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true, destination = "x.example", novelty = "known", novelty_says = "has long been used by 5 users" },
-- ]
-- expect = [
--   { subject = "chat/post", severity = "low" },
-- ]
-- [[case]]
-- name = "a destination that was never used before"
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true, destination = "x.example", novelty = "new", novelty_says = "was never used before" },
-- ]
-- expect = [
--   { subject = "chat/post", severity = "medium" },
-- ]
-- +++
WITH pairs AS (
  SELECT o.*, u.integration || '/' || u.tool AS u_tool, u.time AS u_time, u.export_key AS u_export, u.record_id AS u_record,
         row_number() OVER (PARTITION BY o.call_uid ORDER BY u.seq DESC, u.call_uid) AS nth
  FROM steps o
  JOIN steps u ON u.conversation_id = o.conversation_id AND u.seq < o.seq
  WHERE u.reads_untrusted AND (o.destroys OR o.sends) AND o.seq - u.seq <= $max_calls
)
SELECT
  integration || '/' || tool AS subject,
  agent || ' of ' || max(login) || ' called ' || integration || '/' || tool || ' within ' || CAST($max_calls AS VARCHAR) || ' calls after third-party text had come in through '
    || first_value(u_tool ORDER BY seq, call_uid) || '.' AS reason,
  min(u_time) AS first_seen,
  max(time) AS last_seen,
  count(*) AS count,
  max(session_id) AS session_id,
  login,
  device,
  agent,
  tool,
  integration,
  conversation_id || ' ' || integration || '/' || tool AS key,
  CASE WHEN bool_and(coalesce(novelty IN ('listed', 'known'), false)) THEN 'low' ELSE 'medium' END AS severity,
  first_value(make_array(evidence(u_export, u_record), evidence(export_key, record_id)) ORDER BY seq, call_uid) AS evidence
FROM pairs
WHERE nth = 1
GROUP BY conversation_id, login, device, agent, integration, tool
ORDER BY login, conversation_id, integration, tool
