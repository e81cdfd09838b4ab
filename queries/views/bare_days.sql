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
