-- +++
-- title = "Traffic that no person can be named for"
-- severity = "informational"
-- confidence = "high"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "Traffic came from a tagged device: everybody behind it looks like one user."
-- impact = "A finding about it names a device, not a person."
-- false_positives = [
--   "Servers and pipelines, which have no person.",
-- ]
-- next_steps = [
--   "SELECT device, agent, count(*) AS requests FROM requests WHERE login = '{subject}' GROUP BY device, agent ORDER BY requests DESC",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI03"]
-- [params]
-- min_requests = 10
-- [[case]]
-- name = "a tag"
-- history_session_days = [
--   { day = 2026-03-10T00:00:00Z, session_id = "s", login = "tag:ci", device = "n1", agent = "Claude Code", shared_identity = true, requests = 30, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "tag:ci", count = 30, devices = 1, reason = "30 requests of tag:ci, from 1 devices with 1 agents, cannot be attributed to a person." } ]
-- [[case]]
-- name = "several devices of a tag are one line"
-- history_session_days = [
--   { day = 2026-03-10T00:00:00Z, session_id = "s", login = "tag:ci", device = "n1", agent = "Claude Code", shared_identity = true, requests = 30, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
--   { day = 2026-03-10T00:00:00Z, session_id = "t", login = "tag:ci", device = "n2", agent = "Claude Code", shared_identity = true, requests = 30, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "tag:ci", count = 60, devices = 2 } ]
-- [[case]]
-- name = "two tags"
-- history_session_days = [
--   { day = 2026-03-10T00:00:00Z, session_id = "s", login = "tag:ci", device = "n1", agent = "Claude Code", shared_identity = true, requests = 30, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
--   { day = 2026-03-10T00:00:00Z, session_id = "s", login = "tag:lab", device = "n1", agent = "Claude Code", shared_identity = true, requests = 30, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "tag:ci" }, { subject = "tag:lab" } ]
-- [[case]]
-- name = "a person"
-- history_session_days = [
--   { day = 2026-03-10T00:00:00Z, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", shared_identity = false, requests = 30, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "hardly any traffic"
-- history_session_days = [
--   { day = 2026-03-10T00:00:00Z, session_id = "s", login = "tag:ci", device = "n1", agent = "Claude Code", shared_identity = true, requests = 9, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "unknown"
-- history_session_days = [
--   { day = 2026-03-10T00:00:00Z, session_id = "s", login = "tag:ci", device = "n1", agent = "Claude Code", requests = 30, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "before the window"
-- history_session_days = [
--   { day = 2026-03-10T00:00:00Z, session_id = "s", login = "tag:ci", device = "n1", agent = "Claude Code", shared_identity = true, requests = 30, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- run_window = [
--   { start_time = 2026-03-11T00:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "after the window"
-- history_session_days = [
--   { day = 2026-03-10T00:00:00Z, session_id = "s", login = "tag:ci", device = "n1", agent = "Claude Code", shared_identity = true, requests = 30, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- run_window = [
--   { end_time = 2026-03-10T00:00:00Z },
-- ]
-- expect = []
-- +++
SELECT
  d.login AS subject,
  CAST(sum(d.requests) AS VARCHAR) || ' requests of ' || d.login || ', from ' || CAST(count(DISTINCT d.device) AS VARCHAR) || ' devices with '
    || CAST(count(DISTINCT d.agent) AS VARCHAR) || ' agents, cannot be attributed to a person.' AS reason,
  min(d.first_time) AS first_seen,
  max(d.last_time) AS last_seen,
  sum(d.requests) AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  d.login,
  count(DISTINCT d.device) AS devices,
  array_agg(evidence(d.export_key, d.record_id) ORDER BY d.first_time, d.device, d.session_id, d.export_key, d.record_id) AS evidence
FROM history_session_days d
LEFT JOIN run_window w ON true
WHERE d.shared_identity
  AND (w.start_time IS NULL OR d.last_time >= w.start_time) AND (w.end_time IS NULL OR d.first_time < w.end_time)
GROUP BY d.login
HAVING sum(d.requests) >= $min_requests
ORDER BY d.login
