-- +++
-- title = "Bodies are no longer recorded"
-- severity = "medium"
-- confidence = "high"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "Requests came without bodies for users whose requests had them before."
-- impact = "What these agents do can no longer be seen: no tool call, no secret, no sequence."
-- false_positives = [
--   "Capture or retention was changed on purpose.",
-- ]
-- next_steps = [
--   "SELECT day, requests, bare FROM bare_days WHERE login = '{login}' ORDER BY day",
--   "Check the gateway's capture and retention settings, and who changed them.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI10"]
-- [params]
-- min_requests = 20
-- min_share = 0.5
-- min_before = 100
-- max_share_before = 0.05
-- many_users = 3
-- [[case]]
-- name = "one user"
-- bare_days = [
--   { login = "ana", day = 2026-03-10T00:00:00Z, requests = 80, bare = 70, requests_before = 900, bare_before = 3, bare_max_before = 2, days_before = 21, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "ana", login = "ana", count = 70, severity = "medium", reason = "70 of 80 requests of ana on 2026-03-10 came without bodies; usual are 3 of 900 in the 21 active days of the 30 days before, at most 2 on one day. It was not lowered, because fewer than 3 users lost theirs on that day." } ]
-- [[case]]
-- name = "all of a day"
-- bare_days = [
--   { login = "ana", day = 2026-03-10T00:00:00Z, requests = 80, bare = 80, requests_before = 900, bare_before = 0, bare_max_before = 0, days_before = 21, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { count = 80 } ]
-- [[case]]
-- name = "three users on one day are a setting"
-- bare_days = [
--   { login = "ana", day = 2026-03-10T00:00:00Z, requests = 80, bare = 70, requests_before = 900, bare_before = 3, bare_max_before = 2, days_before = 21, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
--   { login = "ben", day = 2026-03-10T00:00:00Z, requests = 80, bare = 70, requests_before = 900, bare_before = 3, bare_max_before = 2, days_before = 21, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
--   { login = "eva", day = 2026-03-10T00:00:00Z, requests = 80, bare = 70, requests_before = 900, bare_before = 3, bare_max_before = 2, days_before = 21, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "3 users", count = 210, severity = "low", reason = "210 of 240 requests of 3 users on 2026-03-10 came without bodies; usual are 9 of 2700 in the 21 active days of the 30 days before, at most 2 on one day. It was lowered, because so many at once look like a setting of the gateway." } ]
-- [[case]]
-- name = "two users on one day"
-- bare_days = [
--   { login = "ana", day = 2026-03-10T00:00:00Z, requests = 80, bare = 70, requests_before = 900, bare_before = 3, bare_max_before = 2, days_before = 21, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
--   { login = "ben", day = 2026-03-10T00:00:00Z, requests = 80, bare = 70, requests_before = 900, bare_before = 3, bare_max_before = 2, days_before = 21, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { login = "ana" }, { login = "ben" } ]
-- [[case]]
-- name = "less than half"
-- bare_days = [
--   { login = "ana", day = 2026-03-10T00:00:00Z, requests = 80, bare = 39, requests_before = 900, bare_before = 3, bare_max_before = 2, days_before = 21, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "few requests"
-- bare_days = [
--   { login = "ana", day = 2026-03-10T00:00:00Z, requests = 19, bare = 19, requests_before = 900, bare_before = 3, bare_max_before = 2, days_before = 21, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "it was so before"
-- bare_days = [
--   { login = "ana", day = 2026-03-10T00:00:00Z, requests = 80, bare = 70, requests_before = 900, bare_before = 60, bare_max_before = 2, days_before = 21, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "hardly anything before"
-- bare_days = [
--   { login = "ana", day = 2026-03-10T00:00:00Z, requests = 80, bare = 70, requests_before = 99, bare_before = 0, bare_max_before = 0, days_before = 21, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "before the window"
-- bare_days = [
--   { login = "ana", day = 2026-03-10T00:00:00Z, requests = 80, bare = 70, requests_before = 900, bare_before = 3, bare_max_before = 2, days_before = 21, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- run_window = [
--   { start_time = 2026-03-11T00:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "after the window"
-- bare_days = [
--   { login = "ana", day = 2026-03-10T00:00:00Z, requests = 80, bare = 70, requests_before = 900, bare_before = 3, bare_max_before = 2, days_before = 21, first_time = 2026-03-10T08:00:00Z, last_time = 2026-03-10T18:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- run_window = [
--   { end_time = 2026-03-10T00:00:00Z },
-- ]
-- expect = []
-- +++
WITH lost AS (
  SELECT *
  FROM bare_days
  WHERE requests >= $min_requests AND bare >= requests * $min_share AND requests_before >= $min_before
    AND bare_before <= requests_before * $max_share_before
),
counted AS (
  SELECT *, count(*) OVER (PARTITION BY day) AS users FROM lost
),
told AS (
  SELECT login AS subject, login, day, users, requests, bare, requests_before, bare_before, bare_max_before, days_before, first_time, last_time,
         make_array(evidence(export_key, record_id)) AS evidence
  FROM counted
  WHERE users < $many_users
  UNION ALL
  SELECT CAST(min(users) AS VARCHAR) || ' users', CAST(NULL AS VARCHAR), day, min(users), sum(requests), sum(bare), sum(requests_before), sum(bare_before), max(bare_max_before),
         max(days_before), min(first_time), max(last_time), array_agg(evidence(export_key, record_id) ORDER BY login, export_key, record_id)
  FROM counted
  WHERE users >= $many_users
  GROUP BY day
)
SELECT
  t.subject,
  CAST(t.bare AS VARCHAR) || ' of ' || CAST(t.requests AS VARCHAR) || ' requests of ' || t.subject || ' on ' || left(CAST(t.day AS VARCHAR), 10)
    || ' came without bodies; usual are ' || CAST(t.bare_before AS VARCHAR) || ' of ' || CAST(t.requests_before AS VARCHAR) || ' in the '
    || CAST(t.days_before AS VARCHAR) || ' active days of the ' || held_span(30, b.lake_from, t.first_time) || ' before, at most ' || CAST(t.bare_max_before AS VARCHAR) || ' on one day.'
    || CASE WHEN t.login IS NULL THEN ' It was lowered, because so many at once look like a setting of the gateway.'
            ELSE ' It was not lowered, because fewer than ' || CAST($many_users AS VARCHAR) || ' users lost theirs on that day.' END AS reason,
  t.first_time AS first_seen,
  t.last_time AS last_seen,
  t.bare AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  t.login,
  coalesce(t.login, 'many') || ' ' || left(CAST(t.day AS VARCHAR), 10) AS key,
  CASE WHEN t.login IS NULL THEN 'low' ELSE 'medium' END AS severity,
  t.evidence
FROM told t
LEFT JOIN lake_start b ON true
LEFT JOIN run_window w ON true
WHERE (w.start_time IS NULL OR t.last_time >= w.start_time) AND (w.end_time IS NULL OR t.first_time < w.end_time)
ORDER BY t.day, t.subject
