-- +++
-- title = "Secret that was read leaves in a call"
-- severity = "critical"
-- confidence = "high"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A secret that a tool had returned stands in the arguments of a later call that sends data out."
-- impact = "The secret has left the machine or was about to; it must be replaced."
-- false_positives = [
--   "A key that is sent to the service which it belongs to, under an address that does not name the vendor.",
-- ]
-- next_steps = [
--   "SELECT time, surface, tool, kind, preview FROM secrets WHERE session_id = '{session_id}' ORDER BY time",
--   "Rotate the secret.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI02", "owasp-llm:2025:LLM02", "atlas:AML.T0086", "atlas:AML.T0057"]
-- [params]
-- name_chars = 80
-- [[case]]
-- name = "read, then posted"
-- secrets = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o1", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_result", integration = "files", tool = "read", seq = 1, time = 2026-03-01T09:01:00Z, record_id = 1, occurrences = 1, call_uid = "c1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o2", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_arguments", integration = "chat", tool = "post", seq = 2, time = 2026-03-01T09:02:00Z, record_id = 2, occurrences = 1, call_uid = "c2" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = [
--   { subject = "chat/post", severity = "critical", count = 1, evidence = ["e#1", "e#2"] },
-- ]
-- [[case]]
-- name = "proposed only"
-- secrets = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o1", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_result", integration = "files", tool = "read", seq = 1, time = 2026-03-01T09:01:00Z, record_id = 1, occurrences = 1, call_uid = "c1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o2", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_arguments", integration = "chat", tool = "post", seq = 2, time = 2026-03-01T09:02:00Z, record_id = 2, occurrences = 1, call_uid = "c2" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "attempted", record_id = 2, sends = true },
-- ]
-- expect = [
--   { severity = "high" },
-- ]
-- [[case]]
-- name = "from the system prompt"
-- secrets = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o1", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "system", seq = 1, time = 2026-03-01T09:01:00Z, record_id = 1, occurrences = 1, call_uid = "c1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o2", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_arguments", integration = "chat", tool = "post", seq = 2, time = 2026-03-01T09:02:00Z, record_id = 2, occurrences = 1, call_uid = "c2" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "two secrets"
-- secrets = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o1", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_result", integration = "files", tool = "read", seq = 1, time = 2026-03-01T09:01:00Z, record_id = 1, occurrences = 1, call_uid = "c1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "p", fingerprint = "f2", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_result", integration = "files", tool = "read", seq = 1, time = 2026-03-01T09:01:00Z, record_id = 1, occurrences = 1, call_uid = "c1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o2", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_arguments", integration = "chat", tool = "post", seq = 2, time = 2026-03-01T09:02:00Z, record_id = 2, occurrences = 1, call_uid = "c2" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "q", fingerprint = "f2", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_arguments", integration = "chat", tool = "post", seq = 2, time = 2026-03-01T09:02:00Z, record_id = 2, occurrences = 1, call_uid = "c2" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = [
--   { count = 1 },
--   { count = 1 },
-- ]
-- [[case]]
-- name = "to the vendor of the key"
-- secrets = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o1", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_result", integration = "files", tool = "read", seq = 1, time = 2026-03-01T09:01:00Z, record_id = 1, occurrences = 1, call_uid = "c1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o2", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_arguments", integration = "chat", tool = "post", seq = 2, time = 2026-03-01T09:02:00Z, record_id = 2, occurrences = 1, call_uid = "c2" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{\"url\":\"https://sts.amazonaws.com\"}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "another secret"
-- secrets = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o1", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_result", integration = "files", tool = "read", seq = 1, time = 2026-03-01T09:01:00Z, record_id = 1, occurrences = 1, call_uid = "c1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o2", fingerprint = "f2", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_arguments", integration = "chat", tool = "post", seq = 2, time = 2026-03-01T09:02:00Z, record_id = 2, occurrences = 1, call_uid = "c2" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "a call that sends nothing out"
-- secrets = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o1", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_result", integration = "files", tool = "read", seq = 1, time = 2026-03-01T09:01:00Z, record_id = 1, occurrences = 1, call_uid = "c1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o2", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_arguments", integration = "chat", tool = "post", seq = 2, time = 2026-03-01T09:02:00Z, record_id = 2, occurrences = 1, call_uid = "c2" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "mail", tool = "act", arguments = "{}", outcome = "ok", record_id = 2 },
-- ]
-- expect = []
-- [[case]]
-- name = "the user gave it"
-- secrets = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o1", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "prompt", integration = "files", tool = "read", seq = 1, time = 2026-03-01T09:01:00Z, record_id = 1, occurrences = 1, call_uid = "c1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o2", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_arguments", integration = "chat", tool = "post", seq = 2, time = 2026-03-01T09:02:00Z, record_id = 2, occurrences = 1, call_uid = "c2" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "sent first, shown later"
-- secrets = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o3", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_result", integration = "files", tool = "read", seq = 3, time = 2026-03-01T09:03:00Z, record_id = 3, occurrences = 1, call_uid = "c3" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o2", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_arguments", integration = "chat", tool = "post", seq = 2, time = 2026-03-01T09:02:00Z, record_id = 2, occurrences = 1, call_uid = "c2" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "another session"
-- secrets = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "z", conversation_id = "c", export_key = "e", occurrence_id = "o1", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_result", integration = "files", tool = "read", seq = 1, time = 2026-03-01T09:01:00Z, record_id = 1, occurrences = 1, call_uid = "c1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o2", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_arguments", integration = "chat", tool = "post", seq = 2, time = 2026-03-01T09:02:00Z, record_id = 2, occurrences = 1, call_uid = "c2" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "only read"
-- secrets = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o1", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_result", integration = "files", tool = "read", seq = 1, time = 2026-03-01T09:01:00Z, record_id = 1, occurrences = 1, call_uid = "c1" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "repeated in an answer"
-- secrets = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o1", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_result", integration = "files", tool = "read", seq = 1, time = 2026-03-01T09:01:00Z, record_id = 1, occurrences = 1, call_uid = "c1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o2", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "answer", integration = "chat", tool = "post", seq = 2, time = 2026-03-01T09:02:00Z, record_id = 2, occurrences = 1, call_uid = "c2" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true },
-- ]
-- expect = []
-- [[case]]
-- name = "a destination on the list of the organisation"
-- secrets = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o1", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_result", integration = "files", tool = "read", seq = 1, time = 2026-03-01T09:01:00Z, record_id = 1, occurrences = 1, call_uid = "c1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o2", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_arguments", integration = "chat", tool = "post", seq = 2, time = 2026-03-01T09:02:00Z, record_id = 2, occurrences = 1, call_uid = "c2" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true, destination = "x.example", novelty = "listed", novelty_says = "is on the organisation's list" },
-- ]
-- expect = [
--   { subject = "chat/post", severity = "medium", confidence = "medium" },
-- ]
-- [[case]]
-- name = "a destination that several users have long used"
-- secrets = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o1", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_result", integration = "files", tool = "read", seq = 1, time = 2026-03-01T09:01:00Z, record_id = 1, occurrences = 1, call_uid = "c1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o2", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_arguments", integration = "chat", tool = "post", seq = 2, time = 2026-03-01T09:02:00Z, record_id = 2, occurrences = 1, call_uid = "c2" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true, destination = "x.example", novelty = "known", novelty_says = "has long been used by 5 users" },
-- ]
-- expect = [
--   { subject = "chat/post", severity = "medium", confidence = "medium" },
-- ]
-- [[case]]
-- name = "a destination that was never used before"
-- secrets = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o1", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_result", integration = "files", tool = "read", seq = 1, time = 2026-03-01T09:01:00Z, record_id = 1, occurrences = 1, call_uid = "c1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", occurrence_id = "o2", fingerprint = "f1", kind = "cloud key", vendor = "Amazon Web Services", surface = "tool_arguments", integration = "chat", tool = "post", seq = 2, time = 2026-03-01T09:02:00Z, record_id = 2, occurrences = 1, call_uid = "c2" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "files", tool = "read", arguments = "{}", outcome = "ok", record_id = 1, reads_secret = true },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "chat", tool = "post", arguments = "{}", outcome = "ok", record_id = 2, sends = true, destination = "x.example", novelty = "new", novelty_says = "was never used before" },
-- ]
-- expect = [
--   { subject = "chat/post", severity = "critical", confidence = "high" },
-- ]
-- +++
WITH shown AS (
  SELECT fingerprint, session_id, min(seq) AS seq, min(time) AS time,
         first_value(kind ORDER BY time, occurrence_id) AS kind, first_value(coalesce(integration || '/' || tool, surface) ORDER BY time, occurrence_id) AS place,
         first_value(export_key ORDER BY time, occurrence_id) AS export_key, first_value(record_id ORDER BY time, occurrence_id) AS record_id
  FROM secrets
  WHERE surface IN ('tool_result', 'system')
  GROUP BY fingerprint, session_id
)
SELECT
  o.integration || '/' || o.tool AS subject,
  o.agent || ' of ' || o.login || ' sent a ' || s.kind || ' out with ' || o.integration || '/' || o.tool || ' that it had read with ' || s.place
    || '; both have the same fingerprint ' || left(u.fingerprint, 12)
    || CASE WHEN o.novelty <> 'seen' THEN '; ' || defang(left(o.destination, $name_chars)) || ' ' || o.novelty_says ELSE '' END
    || CASE o.outcome WHEN 'ok' THEN '; the call was executed.' WHEN 'attempted' THEN '; the call was proposed, not executed.' WHEN 'refused' THEN '; the call was refused.' ELSE '; the call failed.' END AS reason,
  least(s.time, o.time) AS first_seen,
  o.time AS last_seen,
  u.occurrences AS count,
  o.session_id,
  o.login,
  o.device,
  o.agent,
  o.tool,
  o.integration,
  o.call_uid || ' ' || u.fingerprint AS key,
  CASE WHEN o.novelty IN ('listed', 'known') THEN 'medium' WHEN o.outcome IN ('ok', 'error') THEN 'critical' ELSE 'high' END AS severity,
  CASE WHEN o.novelty IN ('listed', 'known') THEN 'medium' ELSE 'high' END AS confidence,
  make_array(evidence(s.export_key, s.record_id), evidence(o.export_key, o.record_id)) AS evidence
FROM (SELECT fingerprint, call_uid, session_id, min(vendor) AS vendor, sum(occurrences) AS occurrences FROM secrets WHERE surface = 'tool_arguments' GROUP BY fingerprint, call_uid, session_id) u
JOIN shown s ON s.fingerprint = u.fingerprint AND s.session_id = u.session_id
JOIN steps o ON o.call_uid = u.call_uid
WHERE o.sends AND s.seq < o.seq
  -- A key that goes to the service which it belongs to is at home.
  AND strpos(lower(o.arguments), lower(split_part(u.vendor, ' ', 1))) = 0
ORDER BY o.session_id, o.seq, u.fingerprint
