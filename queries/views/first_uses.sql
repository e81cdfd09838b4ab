-- +++
-- doc = "Each first use of the whole lake: what a user had never used before, or not for 90 days."
-- materialise = true
-- [columns]
-- kind = "integration, tool, destination, provider, model, workplace (device with agent), ability or path."
-- thing = "Its name; an ability is one of secret, destructive, outgoing, install, persistence and guard_off, a path is what such files hold."
-- time = "The first use."
-- last_before = "The last use before, more than 90 days earlier; null when there was none."
-- new_to_all = "Whether nobody had used it in the 90 days before."
-- starters = "Users who started with it within a day around, this one included."
-- data_days = "Whole days from the first record of the lake to that use."
-- user_days = "Whole days from the first record of the user to that use."
-- calls = "Calls (requests) with it on that day."
-- +++
WITH used AS (
  SELECT 'integration' AS kind, integration AS thing, login, device, agent, first_time, last_time, calls, export_key, record_id
  FROM history_daily_calls
  UNION ALL
  SELECT 'tool', integration || '/' || tool, login, device, agent, first_time, last_time, calls, export_key, record_id FROM history_daily_calls
  UNION ALL
  SELECT 'ability', a['name'], login, device, agent, first_time, last_time, a['calls'], export_key, record_id
  FROM (
    SELECT *, unnest(make_array(
             named_struct('name', 'secret', 'calls', secret), named_struct('name', 'destructive', 'calls', destructive),
             named_struct('name', 'outgoing', 'calls', outgoing), named_struct('name', 'install', 'calls', install),
             named_struct('name', 'persistence', 'calls', persistence), named_struct('name', 'guard_off', 'calls', guard_off))) AS a
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
  SELECT 'destination', coalesce(domain, value), login, device, coalesce(agent, 'unknown'), time AS first_time, time AS last_time, 1, export_key, record_id
  FROM history_entities
  WHERE relation = 'destination' AND direction = 'out' AND kind IN ('url', 'host', 'ip', 'email', 'remote')
  UNION ALL
  SELECT 'path', s.meaning, e.login, e.device, coalesce(e.agent, 'unknown'), e.time AS first_time, e.time AS last_time, 1, e.export_key, e.record_id
  FROM history_entities e
  JOIN catalog_sensitive_paths s ON regexp_like(lower(e.value), s.pattern)
  WHERE e.kind = 'path' AND e.direction = 'out' AND e.source = 'call' AND e.relation IN ('read', 'write', 'source', 'move', 'add')
),
days AS (
  SELECT kind, thing, login, date_trunc('day', first_time) AS day, min(first_time) AS time, max(last_time) AS last_time, sum(calls) AS calls,
         first_value(device ORDER BY first_time, export_key, record_id, device) AS device,
         first_value(agent ORDER BY first_time, export_key, record_id, agent) AS agent,
         first_value(export_key ORDER BY first_time, export_key, record_id) AS export_key,
         first_value(record_id ORDER BY first_time, export_key, record_id) AS record_id
  FROM used
  WHERE thing IS NOT NULL
  GROUP BY kind, thing, login, date_trunc('day', first_time)
),
-- The last use before by the same user, and by anybody on an earlier day.
before AS (
  SELECT *, max(last_time) OVER (PARTITION BY kind, thing, login ORDER BY day RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL '1 day' PRECEDING) AS own_before,
         max(last_time) OVER (PARTITION BY kind, thing ORDER BY day RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL '1 day' PRECEDING) AS all_before
  FROM days
),
starts AS (
  SELECT * FROM before WHERE own_before IS NULL OR own_before < time - INTERVAL '90 days'
),
counted AS (
  SELECT *, count(*) OVER (PARTITION BY kind, thing ORDER BY time RANGE BETWEEN INTERVAL '1 day' PRECEDING AND INTERVAL '1 day' FOLLOWING) AS starters
  FROM starts
),
people AS (
  SELECT principal, min(first_time) AS first_time FROM history_usage_days WHERE kind = 'user' GROUP BY principal
),
data AS (
  SELECT min(first_time) AS first_time FROM history_usage_days
)
SELECT c.kind, c.thing, c.login, c.device, c.agent, c.time, c.own_before AS last_before,
       c.all_before IS NULL OR c.all_before < c.time - INTERVAL '90 days' AS new_to_all, c.starters,
       CAST((CAST(c.time AS BIGINT) - CAST(d.first_time AS BIGINT)) / 86400000000 AS BIGINT) AS data_days,
       CAST((CAST(c.time AS BIGINT) - CAST(p.first_time AS BIGINT)) / 86400000000 AS BIGINT) AS user_days,
       c.calls, c.export_key, c.record_id
FROM counted c
CROSS JOIN data d
JOIN people p ON p.principal = c.login
