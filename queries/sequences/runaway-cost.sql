-- +++
-- title = "Session far more expensive than usual"
-- severity = "medium"
-- confidence = "medium"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A session cost at least twenty dollars and at least five times what the sessions of that user cost."
-- impact = "Money; a loop or an abuse may be behind it."
-- false_positives = [
--   "A large piece of work.",
-- ]
-- next_steps = [
--   "SELECT model, count(*), sum(cost_usd) FROM requests WHERE session_id = '{session_id}' GROUP BY model",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI08", "owasp-llm:2025:LLM10", "atlas:AML.T0034"]
-- [params]
-- min_usd = 20.0
-- times = 5.0
-- min_sessions = 3
-- [[case]]
-- name = "fifty dollars instead of one"
-- sessions = [
--   { session_id = "s1", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 1.0, first_time = 2026-03-01T09:01:00Z, last_time = 2026-03-01T09:02:00Z, export_key = "e", record_id = 1 },
--   { session_id = "s2", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 1.0, first_time = 2026-03-01T09:02:00Z, last_time = 2026-03-01T09:03:00Z, export_key = "e", record_id = 2 },
--   { session_id = "s3", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 50.0, first_time = 2026-03-01T09:03:00Z, last_time = 2026-03-01T09:04:00Z, export_key = "e", record_id = 3 },
-- ]
-- expect = [
--   { subject = "Claude Code", session_id = "s3", count = 3 },
-- ]
-- [[case]]
-- name = "just twenty"
-- sessions = [
--   { session_id = "s1", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 1.0, first_time = 2026-03-01T09:01:00Z, last_time = 2026-03-01T09:02:00Z, export_key = "e", record_id = 1 },
--   { session_id = "s2", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 1.0, first_time = 2026-03-01T09:02:00Z, last_time = 2026-03-01T09:03:00Z, export_key = "e", record_id = 2 },
--   { session_id = "s3", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 20.0, first_time = 2026-03-01T09:03:00Z, last_time = 2026-03-01T09:04:00Z, export_key = "e", record_id = 3 },
-- ]
-- expect = [
--   { session_id = "s3" },
-- ]
-- [[case]]
-- name = "two of many"
-- sessions = [
--   { session_id = "s1", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 1.0, first_time = 2026-03-01T09:01:00Z, last_time = 2026-03-01T09:02:00Z, export_key = "e", record_id = 1 },
--   { session_id = "s2", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 1.0, first_time = 2026-03-01T09:02:00Z, last_time = 2026-03-01T09:03:00Z, export_key = "e", record_id = 2 },
--   { session_id = "s3", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 1.0, first_time = 2026-03-01T09:03:00Z, last_time = 2026-03-01T09:04:00Z, export_key = "e", record_id = 3 },
--   { session_id = "s4", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 1.0, first_time = 2026-03-01T09:04:00Z, last_time = 2026-03-01T09:05:00Z, export_key = "e", record_id = 4 },
--   { session_id = "s5", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 1.0, first_time = 2026-03-01T09:05:00Z, last_time = 2026-03-01T09:06:00Z, export_key = "e", record_id = 5 },
--   { session_id = "s6", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 30.0, first_time = 2026-03-01T09:06:00Z, last_time = 2026-03-01T09:07:00Z, export_key = "e", record_id = 6 },
--   { session_id = "s7", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 30.0, first_time = 2026-03-01T09:07:00Z, last_time = 2026-03-01T09:08:00Z, export_key = "e", record_id = 7 },
-- ]
-- expect = [
--   { session_id = "s6" },
--   { session_id = "s7" },
-- ]
-- [[case]]
-- name = "nineteen dollars"
-- sessions = [
--   { session_id = "s1", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 1.0, first_time = 2026-03-01T09:01:00Z, last_time = 2026-03-01T09:02:00Z, export_key = "e", record_id = 1 },
--   { session_id = "s2", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 1.0, first_time = 2026-03-01T09:02:00Z, last_time = 2026-03-01T09:03:00Z, export_key = "e", record_id = 2 },
--   { session_id = "s3", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 19.0, first_time = 2026-03-01T09:03:00Z, last_time = 2026-03-01T09:04:00Z, export_key = "e", record_id = 3 },
-- ]
-- expect = []
-- [[case]]
-- name = "always expensive"
-- sessions = [
--   { session_id = "s1", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 30.0, first_time = 2026-03-01T09:01:00Z, last_time = 2026-03-01T09:02:00Z, export_key = "e", record_id = 1 },
--   { session_id = "s2", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 31.0, first_time = 2026-03-01T09:02:00Z, last_time = 2026-03-01T09:03:00Z, export_key = "e", record_id = 2 },
--   { session_id = "s3", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 29.0, first_time = 2026-03-01T09:03:00Z, last_time = 2026-03-01T09:04:00Z, export_key = "e", record_id = 3 },
--   { session_id = "s4", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 45.0, first_time = 2026-03-01T09:04:00Z, last_time = 2026-03-01T09:05:00Z, export_key = "e", record_id = 4 },
-- ]
-- expect = []
-- [[case]]
-- name = "two sessions are no habit"
-- sessions = [
--   { session_id = "s1", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 1.0, first_time = 2026-03-01T09:01:00Z, last_time = 2026-03-01T09:02:00Z, export_key = "e", record_id = 1 },
--   { session_id = "s2", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 100.0, first_time = 2026-03-01T09:02:00Z, last_time = 2026-03-01T09:03:00Z, export_key = "e", record_id = 2 },
-- ]
-- expect = []
-- [[case]]
-- name = "cheap sessions of somebody else"
-- sessions = [
--   { session_id = "s1", login = "ben", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 1.0, first_time = 2026-03-01T09:01:00Z, last_time = 2026-03-01T09:02:00Z, export_key = "e", record_id = 1 },
--   { session_id = "s2", login = "ben", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 1.0, first_time = 2026-03-01T09:02:00Z, last_time = 2026-03-01T09:03:00Z, export_key = "e", record_id = 2 },
--   { session_id = "s3", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 50.0, first_time = 2026-03-01T09:03:00Z, last_time = 2026-03-01T09:04:00Z, export_key = "e", record_id = 3 },
-- ]
-- expect = []
-- [[case]]
-- name = "free sessions do not count"
-- sessions = [
--   { session_id = "s1", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 0.0, first_time = 2026-03-01T09:01:00Z, last_time = 2026-03-01T09:02:00Z, export_key = "e", record_id = 1 },
--   { session_id = "s2", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 0.0, first_time = 2026-03-01T09:02:00Z, last_time = 2026-03-01T09:03:00Z, export_key = "e", record_id = 2 },
--   { session_id = "s3", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 50.0, first_time = 2026-03-01T09:03:00Z, last_time = 2026-03-01T09:04:00Z, export_key = "e", record_id = 3 },
--   { session_id = "s4", login = "ana", device = "n1", agent = "Claude Code", requests = 3, cost_usd = 60.0, first_time = 2026-03-01T09:04:00Z, last_time = 2026-03-01T09:05:00Z, export_key = "e", record_id = 4 },
-- ]
-- expect = []
-- +++
WITH usual AS (
  SELECT login, median(cost_usd) AS usual, count(*) AS sessions FROM sessions WHERE cost_usd > 0 GROUP BY login
)
SELECT
  s.agent AS subject,
  s.agent || ' of ' || s.login || ' cost ' || CAST(round(s.cost_usd, 2) AS VARCHAR) || ' dollars in one session, ' || CAST(round(s.cost_usd / u.usual, 1) AS VARCHAR) || ' times the usual session of that user.' AS reason,
  s.first_time AS first_seen,
  s.last_time AS last_seen,
  s.requests AS count,
  s.session_id,
  s.login,
  s.device,
  s.agent,
  s.session_id AS key,
  make_array(evidence(s.export_key, s.record_id)) AS evidence
FROM sessions s
JOIN usual u ON u.login = s.login
WHERE s.cost_usd >= $min_usd AND s.cost_usd >= u.usual * $times AND u.sessions >= $min_sessions
ORDER BY s.cost_usd DESC, s.session_id
