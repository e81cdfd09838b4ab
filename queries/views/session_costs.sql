-- +++
-- doc = "Sessions of the whole lake that cost much (`cost_usd_min` of `catalog_limits`), compared with the sessions that ended in the days before (`cost_days`)."
-- materialise = true
-- [columns]
-- cost_usd = "Cost of the session in US dollars."
-- requests = "Requests."
-- fresh_tokens = "Input tokens that no cache held, and output tokens."
-- cached_tokens = "Input tokens that came from a cache."
-- first_time = "Its first request."
-- last_time = "Its last request."
-- own_p95 = "95th percentile of the user's own sessions before; null without any."
-- own_usual = "Median of the user's own sessions before; null without any."
-- own_sessions = "How many there were."
-- own_days = "On how many days they began."
-- own_max = "The most expensive of them."
-- fleet_p995 = "99.5th percentile of all users' sessions in these days before that week."
-- fleet_sessions = "How many there were."
-- data_days = "Whole days from the first record of the lake to its start."
-- +++
WITH limits AS (
  SELECT max(CASE name WHEN 'cost_usd_min' THEN value END) AS usd, max(CASE name WHEN 'cost_days' THEN value END) * 86400000000 AS span FROM catalog_limits
),
whole AS (
  SELECT session_id, login, device, min(agent) AS agent, sum(cost_nano_usd) / 1000000000.0 AS cost_usd, sum(requests) AS requests,
         sum(fresh_tokens) AS fresh_tokens, sum(cached_tokens) AS cached_tokens, min(first_time) AS first_time, max(last_time) AS last_time,
         first_value(export_key ORDER BY cost_nano_usd DESC, first_time, export_key, record_id) AS export_key,
         first_value(record_id ORDER BY cost_nano_usd DESC, first_time, export_key, record_id) AS record_id
  FROM history_session_days
  GROUP BY session_id, login, device
),
dear AS (
  SELECT * FROM whole WHERE cost_usd >= (SELECT usd FROM limits)
),
own AS (
  SELECT d.session_id, d.login, d.device, count(*) AS own_sessions, percentile_cont(0.95) WITHIN GROUP (ORDER BY h.cost_usd) AS own_p95,
         median(h.cost_usd) AS own_usual, max(h.cost_usd) AS own_max, count(DISTINCT date_trunc('day', h.first_time)) AS own_days
  FROM dear d
  CROSS JOIN limits l
  JOIN whole h ON h.login = d.login AND h.last_time < d.first_time AND CAST(d.first_time AS BIGINT) - CAST(h.first_time AS BIGINT) <= l.span
  GROUP BY d.session_id, d.login, d.device
),
weeks AS (
  SELECT DISTINCT date_trunc('week', first_time) AS week FROM dear
),
fleet AS (
  SELECT w.week, count(*) AS fleet_sessions, percentile_cont(0.995) WITHIN GROUP (ORDER BY h.cost_usd) AS fleet_p995
  FROM weeks w
  CROSS JOIN limits l
  JOIN whole h ON h.last_time < w.week AND CAST(w.week AS BIGINT) - CAST(h.first_time AS BIGINT) <= l.span
  GROUP BY w.week
),
data AS (
  SELECT min(first_time) AS first_time FROM whole
)
SELECT d.session_id, d.login, d.device, d.agent, d.cost_usd, d.requests, d.fresh_tokens, d.cached_tokens, d.first_time, d.last_time,
       o.own_p95, o.own_usual, coalesce(o.own_sessions, 0) AS own_sessions, coalesce(o.own_days, 0) AS own_days, o.own_max, f.fleet_p995, coalesce(f.fleet_sessions, 0) AS fleet_sessions,
       CAST((CAST(d.first_time AS BIGINT) - CAST(s.first_time AS BIGINT)) / 86400000000 AS BIGINT) AS data_days, d.export_key, d.record_id
FROM dear d
CROSS JOIN data s
LEFT JOIN own o ON o.session_id = d.session_id AND o.login = d.login AND o.device = d.device
LEFT JOIN fleet f ON f.week = date_trunc('week', d.first_time)
