-- +++
-- title = "Catastrophic command that nobody asked for"
-- severity = "critical"
-- confidence = "medium"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A command that destroys more than a project ran, and no user message just before it or with its words allows it."
-- impact = "The loss may not be recoverable."
-- false_positives = [
--   "The approval was given in the agent's own window, which the traffic does not show.",
-- ]
-- next_steps = [
--   "Read the session around it.",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI09", "owasp-asi:2026:ASI02", "atlas:AML.T0101"]
-- [params]
-- near = 2
-- min_chars = 3
-- quote_chars = 160
-- [[case]]
-- name = "nobody said anything"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "catastrophic", nth = 1, meaning = "does it", program = "prog", text = "rm -rf /" },
-- ]
-- expect = [
--   { subject = "prog", count = 1, evidence = ["e#5"] },
-- ]
-- [[case]]
-- name = "the user spoke long before"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "catastrophic", nth = 1, meaning = "does it", program = "prog", text = "rm -rf /" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "clean up", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "it failed, but it ran"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "error", record_id = 5, act = "catastrophic", nth = 1, meaning = "does it", program = "prog", text = "rm -rf /" },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "the user spoke afterwards"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "catastrophic", nth = 1, meaning = "does it", program = "prog", text = "rm -rf /" },
-- ]
-- history_messages = [
--   { message_id = "u11", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "what was that?", position = 11, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "another conversation allowed it"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "catastrophic", nth = 1, meaning = "does it", program = "prog", text = "rm -rf /" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "d", session_id = "s", role = "user", kind = "text", text = "run rm -rf / now", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "an answer named it"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "catastrophic", nth = 1, meaning = "does it", program = "prog", text = "rm -rf /" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "assistant", kind = "text", text = "run rm -rf / now", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "a result just before"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "catastrophic", nth = 1, meaning = "does it", program = "prog", text = "rm -rf /" },
-- ]
-- history_messages = [
--   { message_id = "u9", conversation_id = "c", session_id = "s", role = "user", kind = "tool_result", text = "x", position = 9, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "the user named the command"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "catastrophic", nth = 1, meaning = "does it", program = "prog", text = "rm -rf /" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "Please run rm -rf / now", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "the user spoke just before"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "catastrophic", nth = 1, meaning = "does it", program = "prog", text = "rm -rf /" },
-- ]
-- history_messages = [
--   { message_id = "u9", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "yes, do it", position = 9, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "the user only asked about it"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "catastrophic", nth = 1, meaning = "deletes a bucket", thing = "old-preview", program = "aws", text = "aws s3 rb s3://old-preview --force" },
-- ]
-- request_clauses = [
--   { conversation_id = "c", position = 1, clause = "why is old-preview so large", reads = true },
-- ]
-- expect = [
--   { subject = "aws" },
-- ]
-- [[case]]
-- name = "the user forbade it"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "catastrophic", nth = 1, meaning = "deletes a bucket", thing = "old-preview", program = "aws", text = "aws s3 rb s3://old-preview --force" },
-- ]
-- request_clauses = [
--   { conversation_id = "c", position = 1, clause = "do not touch old-preview", reads = false },
-- ]
-- expect = [
--   { subject = "aws" },
-- ]
-- [[case]]
-- name = "the user named it only afterwards"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "catastrophic", nth = 1, meaning = "deletes a bucket", thing = "old-preview", program = "aws", text = "aws s3 rb s3://old-preview --force" },
-- ]
-- request_clauses = [
--   { conversation_id = "c", position = 11, clause = "Delete old-preview", reads = false },
-- ]
-- expect = [
--   { subject = "aws" },
-- ]
-- [[case]]
-- name = "the user asked for another thing to go"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "catastrophic", nth = 1, meaning = "deletes a bucket", thing = "old-preview", program = "aws", text = "aws s3 rb s3://old-preview --force" },
-- ]
-- request_clauses = [
--   { conversation_id = "c", position = 1, clause = "Delete the old builds", reads = false },
-- ]
-- expect = [
--   { subject = "aws" },
-- ]
-- [[case]]
-- name = "a name too short to tell anything"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "catastrophic", nth = 1, meaning = "deletes a bucket", thing = "ab", program = "aws", text = "aws s3 rb s3://old-preview --force" },
-- ]
-- request_clauses = [
--   { conversation_id = "c", position = 1, clause = "Delete ab", reads = false },
-- ]
-- expect = [
--   { subject = "aws" },
-- ]
-- [[case]]
-- name = "a user who says not only what to delete"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "catastrophic", nth = 1, meaning = "deletes a bucket", thing = "old-preview", program = "aws", text = "aws s3 rb s3://old-preview --force" },
-- ]
-- request_clauses = [
--   { conversation_id = "c", position = 1, clause = "Without the rest delete old-preview", reads = false },
-- ]
-- expect = [
--   { subject = "aws" },
-- ]
-- [[case]]
-- name = "the user named the thing, in another language"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "catastrophic", nth = 1, meaning = "deletes a bucket", thing = "old-preview", program = "aws", text = "aws s3 rb s3://old-preview --force" },
-- ]
-- request_clauses = [
--   { conversation_id = "c", position = 1, clause = "Podes apagar o bucket old-preview", reads = false },
-- ]
-- expect = []
-- [[case]]
-- name = "proposed only"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "attempted", record_id = 5, act = "catastrophic", nth = 1, meaning = "does it", program = "prog", text = "rm -rf /" },
-- ]
-- expect = []
-- [[case]]
-- name = "refused"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "refused", record_id = 5, act = "catastrophic", nth = 1, meaning = "does it", program = "prog", text = "rm -rf /" },
-- ]
-- expect = []
-- [[case]]
-- name = "an ordinary destructive command"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c5", seq = 5, position = 10, time = 2026-03-01T09:05:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 5, act = "destructive", nth = 1, meaning = "does it", program = "prog", text = "prog it" },
-- ]
-- expect = []
-- +++
WITH bans AS (
  SELECT '\b(' || string_agg(word, '|' ORDER BY word) || ')\b' AS pattern FROM catalog_order_words WHERE role = 'not'
),
acts AS (
  SELECT * FROM command_acts WHERE act = 'catastrophic' AND outcome IN ('ok', 'error')
),
said AS (
  SELECT DISTINCT a.call_uid, a.nth
  FROM acts a
  JOIN user_texts m ON m.conversation_id = a.conversation_id
  WHERE m.position < a.position AND (mentions(m.text, a.text) OR m.position >= a.position - $near)
  UNION
  -- Named by the user in words that ask for more than to be told about it, in whatever language.
  SELECT DISTINCT a.call_uid, a.nth
  FROM acts a
  JOIN request_clauses r ON r.conversation_id = a.conversation_id
  CROSS JOIN bans b
  WHERE r.position < a.position AND NOT r.reads AND length(a.thing) >= $min_chars AND mentions(r.clause, a.thing)
    AND NOT regexp_like(lower(r.clause), b.pattern)
)
SELECT
  a.program AS subject,
  a.agent || ' of ' || a.login || ' ran what cannot be undone without anybody asking for it just before: ' || a.meaning || ' ("' || excerpt(a.text, $quote_chars) || '"); it was executed.' AS reason,
  a.time AS first_seen,
  a.time AS last_seen,
  CAST(1 AS BIGINT) AS count,
  a.session_id,
  a.login,
  a.device,
  a.agent,
  a.tool,
  a.integration,
  a.call_uid || ' ' || CAST(a.nth AS VARCHAR) AS key,
  make_array(evidence(a.export_key, a.record_id)) AS evidence
FROM acts a
LEFT JOIN said s ON s.call_uid = a.call_uid AND s.nth = a.nth
WHERE s.call_uid IS NULL
ORDER BY a.session_id, a.seq, a.call_uid, a.nth
