-- +++
-- doc = "Days of a user with requests, of how many only metrics are known, and how it was in the 30 days before."
-- [columns]
-- day = "Start of the day, UTC."
-- requests = "Requests of that day."
-- bare = "Those without bodies."
-- requests_before = "Requests of the 30 days before."
-- bare_before = "Those without bodies."
-- bare_max_before = "The most without bodies on one of these days."
-- days_before = "Active days among them."
-- first_time = "First request of the day."
-- last_time = "Last request of the day."
-- [[case]]
-- name = "the thirty days before, and not the day before these"
-- history_session_days = [
--   { login = "ana", session_id = "s", day = 2026-03-01T00:00:00Z, requests = 50, bare_requests = 1, first_time = 2026-03-01T09:00:00Z, last_time = 2026-03-01T17:00:00Z, export_key = "e", record_id = 1 },
--   { login = "ana", session_id = "s", day = 2026-03-02T00:00:00Z, requests = 10, bare_requests = 2, first_time = 2026-03-02T09:00:00Z, last_time = 2026-03-02T17:00:00Z, export_key = "e", record_id = 1 },
--   { login = "ana", session_id = "s", day = 2026-04-01T00:00:00Z, requests = 20, bare_requests = 20, first_time = 2026-04-01T09:00:00Z, last_time = 2026-04-01T17:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = [
--   { day = 2026-03-01T00:00:00Z, requests_before = 0, days_before = 0 },
--   { day = 2026-03-02T00:00:00Z, requests = 10, requests_before = 50, days_before = 1 },
--   { day = 2026-04-01T00:00:00Z, requests = 20, bare = 20, requests_before = 10, bare_before = 2, bare_max_before = 2, days_before = 1 },
-- ]
-- [[case]]
-- name = "sessions of one day are one day, and everybody has days of their own"
-- history_session_days = [
--   { login = "ana", session_id = "s", day = 2026-03-01T00:00:00Z, requests = 5, bare_requests = 2, first_time = 2026-03-01T09:00:00Z, last_time = 2026-03-01T17:00:00Z, export_key = "e", record_id = 1 },
--   { login = "ana", session_id = "t", day = 2026-03-01T00:00:00Z, requests = 2, bare_requests = 1, first_time = 2026-03-01T09:00:00Z, last_time = 2026-03-01T17:00:00Z, export_key = "e", record_id = 1 },
--   { login = "ben", session_id = "s", day = 2026-03-02T00:00:00Z, requests = 9, bare_requests = 9, first_time = 2026-03-02T09:00:00Z, last_time = 2026-03-02T17:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = [
--   { login = "ana", requests = 7, bare = 3 },
--   { login = "ben", requests = 9, bare = 9, requests_before = 0, days_before = 0 },
-- ]
-- [[case]]
-- name = "no day"
-- history_session_days = [
-- ]
-- expect = []
-- +++
WITH days AS (
  SELECT login, day, sum(requests) AS requests, sum(bare_requests) AS bare, min(first_time) AS first_time, max(last_time) AS last_time,
         first_value(export_key ORDER BY bare_requests DESC, first_time, export_key, record_id) AS export_key,
         first_value(record_id ORDER BY bare_requests DESC, first_time, export_key, record_id) AS record_id
  FROM history_session_days
  GROUP BY login, day
)
SELECT login, day, requests, bare, coalesce(sum(requests) OVER before, 0) AS requests_before, coalesce(sum(bare) OVER before, 0) AS bare_before,
       coalesce(max(bare) OVER before, 0) AS bare_max_before, count(*) OVER before AS days_before,
       first_time, last_time, export_key, record_id
FROM days
WINDOW before AS (PARTITION BY login ORDER BY day RANGE BETWEEN INTERVAL '30 days' PRECEDING AND INTERVAL '1 day' PRECEDING)
