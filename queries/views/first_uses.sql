-- +++
-- doc = "Each first use of the whole lake: what a user had never used before, or not for 90 days; for abilities and paths also what an agent or a tagged device had not."
-- materialise = true
-- [columns]
-- who = "user; for abilities and paths also agent, and device where it is tagged."
-- principal = "The user, agent or device."
-- kind = "integration, tool, destination, provider, model, workplace (device with agent), ability or path."
-- thing = "Its name; an ability is one of secret, destructive, outgoing, install, persistence and guard_off, a path is what such files hold, by `catalog_paths`."
-- time = "The first use."
-- last_before = "The last use before, more than 90 days earlier; null when there was none."
-- new_to_all = "Whether no user (agent, device) had used it in the 90 days before."
-- starters = "Users (agents, devices) who started with it within a day around, this one included."
-- data_days = "Whole days from the first record of the lake to that use."
-- own_days = "Whole days from the first record of the principal to that use."
-- active_days = "On how many of the 30 days before the login was active; 0 outside the window."
-- hour_days = "On how many of these it was active in that hour of the day (UTC), or the hour next to it."
-- calls = "Calls (requests) with it on that day."
-- +++
WITH shared AS (
  SELECT DISTINCT login, device FROM history_session_days WHERE shared_identity
),
used AS (
  SELECT 'integration' AS kind, integration AS thing, login, device, agent, first_time, last_time, calls, export_key, record_id
  FROM history_daily_calls
  UNION ALL
  SELECT 'tool', integration || '/' || tool, login, device, agent, first_time, last_time, calls, export_key, record_id FROM history_daily_calls
  UNION ALL
  SELECT 'ability', a['name'], login, device, agent, a['time'], last_time, a['calls'], export_key, record_id
  FROM (
    SELECT *, unnest(make_array(
             named_struct('name', 'secret', 'calls', secret, 'time', first_secret),
             named_struct('name', 'destructive', 'calls', destructive, 'time', first_destructive),
             named_struct('name', 'outgoing', 'calls', outgoing, 'time', first_outgoing),
             named_struct('name', 'install', 'calls', install, 'time', first_install),
             named_struct('name', 'persistence', 'calls', persistence, 'time', first_persistence),
             named_struct('name', 'guard_off', 'calls', guard_off, 'time', first_guard_off))) AS a
    FROM history_daily_calls
  ) each
  WHERE a['calls'] > 0
  UNION ALL
  SELECT 'provider', provider, login, device, agent, first_time, last_time, requests, export_key, record_id FROM history_session_days WHERE provider IS NOT NULL
  UNION ALL
  SELECT 'model', model, login, device, agent, first_time, last_time, requests, export_key, record_id FROM history_session_days WHERE model IS NOT NULL
  UNION ALL
  SELECT 'workplace', device || ' with ' || agent, login, device, agent, first_time, last_time, requests, export_key, record_id FROM history_session_days
  UNION ALL
  SELECT kind, thing, login, device, agent, time AS first_time, time AS last_time, 1, export_key, record_id FROM history_targets
),
-- What an agent or a tagged device does is compared with its own past, too: a person is not always behind it.
used_by AS (
  SELECT *, unnest(make_array(
           named_struct('who', 'user', 'principal', login),
           named_struct('who', 'agent', 'principal', CASE WHEN kind IN ('ability', 'path') THEN agent END),
           named_struct('who', 'device', 'principal', CASE WHEN kind IN ('ability', 'path') AND shared THEN device END))) AS p
  FROM (SELECT u.*, s.login IS NOT NULL AS shared FROM used u LEFT JOIN shared s ON s.login = u.login AND s.device = u.device) each
),
days AS (
  SELECT p['who'] AS who, p['principal'] AS principal, kind, thing, date_trunc('day', first_time) AS day, min(first_time) AS time,
         max(last_time) AS last_time, sum(calls) AS calls,
         first_value(login ORDER BY first_time, export_key, record_id, login) AS login,
         first_value(device ORDER BY first_time, export_key, record_id, device) AS device,
         first_value(agent ORDER BY first_time, export_key, record_id, agent) AS agent,
         first_value(export_key ORDER BY first_time, export_key, record_id) AS export_key,
         first_value(record_id ORDER BY first_time, export_key, record_id) AS record_id
  FROM used_by
  WHERE thing IS NOT NULL AND p['principal'] IS NOT NULL
  GROUP BY p['who'], p['principal'], kind, thing, date_trunc('day', first_time)
),
-- The last use before by the same principal, and by anybody on an earlier day.
before AS (
  SELECT *, max(last_time) OVER (PARTITION BY who, principal, kind, thing ORDER BY day RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL '1 day' PRECEDING) AS own_before,
         max(last_time) OVER (PARTITION BY who, kind, thing ORDER BY day RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL '1 day' PRECEDING) AS all_before
  FROM days
),
starts AS (
  SELECT * FROM before WHERE own_before IS NULL OR own_before < time - INTERVAL '90 days'
),
counted AS (
  SELECT *, count(*) OVER (PARTITION BY who, kind, thing ORDER BY time RANGE BETWEEN INTERVAL '1 day' PRECEDING AND INTERVAL '1 day' FOLLOWING) AS starters
  FROM starts
),
people AS (
  SELECT kind, principal, min(first_time) AS first_time FROM history_usage_days WHERE kind IN ('user', 'agent', 'device') GROUP BY kind, principal
),
data AS (
  SELECT min(first_time) AS first_time FROM history_usage_days
),
told AS (
  SELECT c.*, CAST((CAST(c.time AS BIGINT) - CAST(d.first_time AS BIGINT)) / 86400000000 AS BIGINT) AS data_days,
         CAST((CAST(c.time AS BIGINT) - CAST(p.first_time AS BIGINT)) / 86400000000 AS BIGINT) AS own_days,
         -- Hours are compared for the window only: before it nobody asks.
         (w.start_time IS NULL OR c.time >= w.start_time) AND (w.end_time IS NULL OR c.time < w.end_time) AS asked
  FROM counted c
  CROSS JOIN data d
  JOIN people p ON p.kind = c.who AND p.principal = c.principal
  LEFT JOIN run_window w ON true
),
-- A day on which somebody worked in an hour speaks for that hour and the two beside it.
near AS (
  SELECT DISTINCT login, day, unnest(make_array((hour + 23) % 24, hour, (hour + 1) % 24)) AS hour FROM history_usage_hours
),
hour_days AS (
  SELECT login, day, hour, count(*) OVER (PARTITION BY login, hour ORDER BY day RANGE BETWEEN INTERVAL '30 days' PRECEDING AND INTERVAL '1 day' PRECEDING) AS hour_days
  FROM near
),
active AS (
  SELECT login, day, count(*) OVER (PARTITION BY login ORDER BY day RANGE BETWEEN INTERVAL '30 days' PRECEDING AND INTERVAL '1 day' PRECEDING) AS active_days
  FROM (SELECT DISTINCT login, day FROM history_usage_hours) each
),
-- The record of the call itself: the one of `history_daily_calls` is that of the first call of the tool.
acts AS (
  SELECT t.who, t.principal, t.thing, t.day, min(c.export_key) AS export_key, min(c.record_id) AS record_id
  FROM told t
  JOIN history_tool_calls c ON c.login = t.login AND c.device = t.device AND c.agent = t.agent AND c.time = t.time
  WHERE t.kind = 'ability' AND t.asked
  GROUP BY t.who, t.principal, t.thing, t.day
)
SELECT t.who, t.principal, t.kind, t.thing, t.login, t.device, t.agent, t.time, t.own_before AS last_before,
       t.all_before IS NULL OR t.all_before < t.time - INTERVAL '90 days' AS new_to_all, t.starters, t.data_days, t.own_days,
       coalesce(d.active_days, 0) AS active_days, coalesce(h.hour_days, d.active_days, 0) AS hour_days, t.calls,
       coalesce(a.export_key, t.export_key) AS export_key, CASE WHEN a.export_key IS NULL THEN t.record_id ELSE a.record_id END AS record_id
FROM told t
LEFT JOIN acts a ON t.kind = 'ability' AND a.who = t.who AND a.principal = t.principal AND a.thing = t.thing AND a.day = t.day
LEFT JOIN active d ON t.asked AND d.login = t.login AND d.day = t.day
LEFT JOIN hour_days h ON t.asked AND h.login = t.login AND h.day = t.day AND h.hour = CAST(date_part('hour', t.time) AS BIGINT)
