-- +++
-- title = "Refused, then done another way"
-- severity = "high"
-- confidence = "medium"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A call was refused, and within three calls the agent reached the same target by another call, without the user saying anything."
-- impact = "A refusal did not hold."
-- false_positives = [
--   "The refusal meant the manner and not the target.",
-- ]
-- next_steps = [
--   "Read the session around it.",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI10", "owasp-asi:2026:ASI01"]
-- [params]
-- max_calls = 3
-- min_chars = 6
-- quote_chars = 100
-- [[case]]
-- name = "the same address with another program"
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"curl https://x.example/up\"}", outcome = "refused", record_id = 1, arguments_digest = "d1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"wget https://x.example/up\"}", outcome = "ok", record_id = 2, arguments_digest = "d2" },
-- ]
-- history_messages = []
-- expect = [
--   { subject = "Claude Code/Bash", evidence = ["e#1", "e#2"] },
-- ]
-- [[case]]
-- name = "the first other way counts"
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"curl https://x.example/up\"}", outcome = "refused", record_id = 1, arguments_digest = "d1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"wget https://x.example/up\"}", outcome = "ok", record_id = 2, arguments_digest = "d2" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"http https://x.example/up\"}", outcome = "ok", record_id = 3, arguments_digest = "d3" },
-- ]
-- history_messages = []
-- expect = [
--   { count = 1, last_seen = 2026-03-01T09:02:00Z },
-- ]
-- [[case]]
-- name = "the user spoke before the refusal"
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"curl https://x.example/up\"}", outcome = "refused", record_id = 1, arguments_digest = "d1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"wget https://x.example/up\"}", outcome = "ok", record_id = 2, arguments_digest = "d2" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 1, role = "user", kind = "text", text = "go", bytes = 2, time = 2026-03-01T09:01:00Z, record_id = 1 },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "the user agreed in between"
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"curl https://x.example/up\"}", outcome = "refused", record_id = 1, arguments_digest = "d1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"wget https://x.example/up\"}", outcome = "ok", record_id = 2, arguments_digest = "d2" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "user", kind = "text", text = "fine, use wget", bytes = 14, time = 2026-03-01T09:03:00Z, record_id = 3 },
-- ]
-- expect = []
-- [[case]]
-- name = "the same call again"
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"curl https://x.example/up\"}", outcome = "refused", record_id = 1, arguments_digest = "d1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"curl https://x.example/up\"}", outcome = "ok", record_id = 2, arguments_digest = "d1" },
-- ]
-- history_messages = []
-- expect = []
-- [[case]]
-- name = "another target"
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"curl https://x.example/up\"}", outcome = "refused", record_id = 1, arguments_digest = "d1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"wget https://y.example/up\"}", outcome = "ok", record_id = 2, arguments_digest = "d2" },
-- ]
-- history_messages = []
-- expect = []
-- [[case]]
-- name = "the other way failed"
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"curl https://x.example/up\"}", outcome = "refused", record_id = 1, arguments_digest = "d1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"wget https://x.example/up\"}", outcome = "error", record_id = 2, arguments_digest = "d2" },
-- ]
-- history_messages = []
-- expect = []
-- [[case]]
-- name = "the first was not refused"
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"curl https://x.example/up\"}", outcome = "error", record_id = 1, arguments_digest = "d1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"wget https://x.example/up\"}", outcome = "ok", record_id = 2, arguments_digest = "d2" },
-- ]
-- history_messages = []
-- expect = []
-- [[case]]
-- name = "four calls later"
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"curl https://x.example/up\"}", outcome = "refused", record_id = 1, arguments_digest = "d1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"wget https://x.example/up\"}", outcome = "ok", record_id = 5, arguments_digest = "d5" },
-- ]
-- history_messages = []
-- expect = []
-- [[case]]
-- name = "before the refusal"
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"curl https://x.example/up\"}", outcome = "ok", record_id = 1, arguments_digest = "d1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"wget https://x.example/up\"}", outcome = "refused", record_id = 2, arguments_digest = "d2" },
-- ]
-- history_messages = []
-- expect = []
-- [[case]]
-- name = "another conversation"
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"curl https://x.example/up\"}", outcome = "refused", record_id = 1, arguments_digest = "d1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "d", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"wget https://x.example/up\"}", outcome = "ok", record_id = 2, arguments_digest = "d2" },
-- ]
-- history_messages = []
-- expect = []
-- [[case]]
-- name = "a word that is no target"
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"delete everything\"}", outcome = "refused", record_id = 1, arguments_digest = "d1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"print everything\"}", outcome = "ok", record_id = 2, arguments_digest = "d2" },
-- ]
-- history_messages = []
-- expect = []
-- [[case]]
-- name = "a read only"
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"curl https://x.example/up\"}", outcome = "refused", record_id = 1, arguments_digest = "d1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"wget https://x.example/up\"}", outcome = "ok", record_id = 2, arguments_digest = "d2", executes = false },
-- ]
-- history_messages = []
-- expect = []
-- [[case]]
-- name = "the user spoke only afterwards"
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"curl https://x.example/up\"}", outcome = "refused", record_id = 1, arguments_digest = "d1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"wget https://x.example/up\"}", outcome = "ok", record_id = 2, arguments_digest = "d2" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m9", position = 9, role = "user", kind = "text", text = "What did you do?", bytes = 20, time = 2026-03-01T09:00:30Z, record_id = 1 },
-- ]
-- expect = [
--   { subject = "Claude Code/Bash", evidence = ["e#1", "e#2"] },
-- ]
-- [[case]]
-- name = "the model spoke in between"
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"curl https://x.example/up\"}", outcome = "refused", record_id = 1, arguments_digest = "d1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"wget https://x.example/up\"}", outcome = "ok", record_id = 2, arguments_digest = "d2" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "assistant", kind = "text", text = "Another way.", bytes = 20, time = 2026-03-01T09:00:30Z, record_id = 1 },
-- ]
-- expect = [
--   { subject = "Claude Code/Bash", evidence = ["e#1", "e#2"] },
-- ]
-- [[case]]
-- name = "a target too short to mean anything"
-- calls = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"curl a/b\"}", outcome = "refused", record_id = 1, arguments_digest = "d1" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", arguments = "{\"command\": \"wget a/b\"}", outcome = "ok", record_id = 2, arguments_digest = "d2" },
-- ]
-- history_messages = []
-- expect = []
-- +++
WITH given AS (
  SELECT call_uid, conversation_id, seq, outcome, unnest(argument_values(arguments)) AS v FROM calls WHERE egress OR state_change OR destructive OR executes OR executes IS NULL
),
parts AS (
  SELECT call_uid, conversation_id, seq, outcome, regexp_replace(unnest(string_to_array(v['value'], ' ')), '[''",;]', '', 'g') AS value FROM given
),
again AS (
  SELECT r.call_uid AS refused_uid, o.call_uid, min(r.value) AS value, row_number() OVER (PARTITION BY r.call_uid ORDER BY min(o.seq), o.call_uid) AS nth
  FROM parts r
  JOIN parts o ON o.conversation_id = r.conversation_id AND o.value = r.value
  WHERE r.outcome = 'refused' AND o.outcome = 'ok' AND o.seq > r.seq AND o.seq - r.seq <= $max_calls
    AND regexp_like(r.value, '[/.@:]') AND length(r.value) >= $min_chars
  GROUP BY r.call_uid, o.call_uid
),
spoke AS (
  SELECT DISTINCT a.refused_uid, a.call_uid
  FROM again a
  JOIN calls r ON r.call_uid = a.refused_uid
  JOIN calls o ON o.call_uid = a.call_uid
  JOIN history_messages m ON m.conversation_id = o.conversation_id AND m.position > r.position AND m.position < o.position
  WHERE m.role = 'user'
)
SELECT
  o.integration || '/' || o.tool AS subject,
  o.agent || ' of ' || o.login || ' was refused ' || r.integration || '/' || r.tool || ' and then reached "' || excerpt(a.value, $quote_chars) || '" with ' || o.integration || '/' || o.tool
    || ' without a word of the user in between; the second call was executed.' AS reason,
  r.time AS first_seen,
  o.time AS last_seen,
  CAST(1 AS BIGINT) AS count,
  o.session_id,
  o.login,
  o.device,
  o.agent,
  o.tool,
  o.integration,
  o.call_uid || ' ' || r.call_uid AS key,
  make_array(evidence(r.export_key, r.record_id), evidence(o.export_key, o.record_id)) AS evidence
FROM again a
JOIN calls r ON r.call_uid = a.refused_uid
JOIN calls o ON o.call_uid = a.call_uid
LEFT JOIN spoke s ON s.refused_uid = a.refused_uid AND s.call_uid = a.call_uid
WHERE a.nth = 1 AND s.call_uid IS NULL AND r.arguments_digest <> o.arguments_digest
ORDER BY o.session_id, o.seq, o.call_uid
