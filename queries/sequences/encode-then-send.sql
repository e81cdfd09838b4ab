-- +++
-- title = "Data packed or encoded, then sent"
-- severity = "medium"
-- confidence = "low"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A command packs or encodes data, and within ten calls another one sends data out."
-- impact = "This is how data are made ready to leave unseen."
-- false_positives = [
--   "A build that uploads its archive.",
-- ]
-- next_steps = [
--   "Read the session around it.",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI02", "atlas:AML.T0086"]
-- [params]
-- max_calls = 10
-- name_chars = 80
-- quote_chars = 120
-- [[case]]
-- name = "in one call"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "encode", nth = 1, meaning = "does it", program = "prog", text = "tar czf a.tgz ." },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "send", nth = 2, meaning = "does it", program = "curl", text = "curl -T a.tgz" },
-- ]
-- expect = [
--   { subject = "curl", evidence = ["e#1", "e#1"] },
-- ]
-- [[case]]
-- name = "in two calls"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "encode", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "send", nth = 1, meaning = "does it", program = "curl", text = "prog it" },
-- ]
-- expect = [
--   { count = 1, evidence = ["e#1", "e#5"] },
-- ]
-- [[case]]
-- name = "the nearest packing counts"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "encode", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "encode", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "send", nth = 1, meaning = "does it", program = "curl", text = "prog it" },
-- ]
-- expect = [
--   { evidence = ["e#2", "e#5"] },
-- ]
-- [[case]]
-- name = "sent first"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "send", nth = 1, meaning = "does it", program = "curl", text = "prog it" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "encode", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = []
-- [[case]]
-- name = "eleven calls later"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "encode", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c12", seq = 12, position = 24, time = 2026-03-01T09:12:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 12, act = "send", nth = 1, meaning = "does it", program = "curl", text = "prog it" },
-- ]
-- expect = []
-- [[case]]
-- name = "another conversation"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "encode", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "d", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "send", nth = 1, meaning = "does it", program = "curl", text = "prog it" },
-- ]
-- expect = []
-- [[case]]
-- name = "a push is no upload of an archive"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "encode", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "send", nth = 1, meaning = "does it", program = "git", text = "prog it" },
-- ]
-- expect = []
-- [[case]]
-- name = "only packed"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "encode", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "fetch", nth = 1, meaning = "does it", program = "curl", text = "prog it" },
-- ]
-- expect = []
-- [[case]]
-- name = "only sent"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "run", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "send", nth = 1, meaning = "does it", program = "curl", text = "prog it" },
-- ]
-- expect = []
-- [[case]]
-- name = "a destination on the list of the organisation"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "encode", nth = 1, meaning = "does it", program = "prog", text = "tar czf a.tgz ." },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "send", nth = 2, meaning = "does it", program = "curl", text = "curl -T a.tgz" },
-- ]
-- steps = [ { call_uid = "c1", destination = "x.example", novelty = "listed", novelty_says = "is on the organisation's list" } ]
-- expect = [
--   { subject = "curl", severity = "low", confidence = "low" },
-- ]
-- [[case]]
-- name = "a destination that several users have long used"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "encode", nth = 1, meaning = "does it", program = "prog", text = "tar czf a.tgz ." },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "send", nth = 2, meaning = "does it", program = "curl", text = "curl -T a.tgz" },
-- ]
-- steps = [ { call_uid = "c1", destination = "x.example", novelty = "known", novelty_says = "has long been used by 5 users" } ]
-- expect = [
--   { subject = "curl", severity = "low", confidence = "low" },
-- ]
-- [[case]]
-- name = "a destination that was never used before"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "encode", nth = 1, meaning = "does it", program = "prog", text = "tar czf a.tgz ." },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "send", nth = 2, meaning = "does it", program = "curl", text = "curl -T a.tgz" },
-- ]
-- steps = [ { call_uid = "c1", destination = "x.example", novelty = "new", novelty_says = "was never used before" } ]
-- expect = [
--   { subject = "curl", severity = "medium", confidence = "medium" },
-- ]
-- +++
WITH sent AS (
  SELECT * FROM command_acts WHERE act = 'send' AND program <> 'git'
),
packed AS (
  SELECT *, seq * 1000 + nth AS at FROM command_acts WHERE act = 'encode'
),
pairs AS (
  -- The nearest packing before.
  SELECT o.call_uid, o.nth, max(e.at) AS at
  FROM sent o
  JOIN packed e ON e.conversation_id = o.conversation_id
  WHERE o.seq - e.seq <= $max_calls AND e.at < o.seq * 1000 + o.nth
  GROUP BY o.call_uid, o.nth
)
SELECT
  o.program AS subject,
  o.agent || ' of ' || o.login || ' packed or encoded data ("' || excerpt(e.text, $quote_chars) || '") and then sent data out ("' || excerpt(o.text, $quote_chars) || '")'
    || CASE WHEN d.novelty <> 'seen' THEN '; ' || defang(left(d.destination, $name_chars)) || ' ' || d.novelty_says ELSE '' END
    || CASE o.outcome WHEN 'ok' THEN '; it was executed.' WHEN 'attempted' THEN '; no result was seen, so it was proposed, not executed.' WHEN 'refused' THEN '; it was refused.' ELSE '; it failed.' END AS reason,
  e.time AS first_seen,
  o.time AS last_seen,
  CAST(1 AS BIGINT) AS count,
  o.session_id,
  o.login,
  o.device,
  o.agent,
  o.tool,
  o.integration,
  o.call_uid || ' ' || CAST(o.nth AS VARCHAR) AS key,
  CASE WHEN d.novelty IN ('listed', 'known') THEN 'low' ELSE 'medium' END AS severity,
  CASE WHEN d.novelty = 'new' THEN 'medium' ELSE 'low' END AS confidence,
  make_array(evidence(e.export_key, e.record_id), evidence(o.export_key, o.record_id)) AS evidence
FROM pairs p
JOIN sent o ON o.call_uid = p.call_uid AND o.nth = p.nth
JOIN packed e ON e.conversation_id = o.conversation_id AND e.at = p.at
LEFT JOIN steps d ON d.call_uid = o.call_uid
ORDER BY o.session_id, o.seq, o.nth
