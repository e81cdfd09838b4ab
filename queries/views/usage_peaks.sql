-- +++
-- doc = "Days and minutes of the window on which a principal went clearly above everything it did in the 90 days before, or in a minute in the 30 days before. The value is that of the whole day, also where the window begins or ends within it."
-- materialise = true
-- [columns]
-- kind = "What the principal is: user, device, agent, integration, tool, provider or model; only users for minutes."
-- principal = "Its name."
-- day = "Start of the day, UTC."
-- metric = "What was counted, see `catalog_usage_metrics`."
-- span = "day or minute: what it was counted in."
-- value = "The value of the day, or of its highest minute."
-- usual = "Median of the active days (minutes) of the 30 days before."
-- previous_max = "The highest of the 90 days before; of the minutes the highest of the 30 days before."
-- history = "How many of them there were."
-- score = "Geometric mean of value to usual and value to previous_max, each taken as at least 1."
-- data_days = "Days from the first record of the lake to that day."
-- fleet_limit = "For users with too little history of their own: the 99.5th percentile of all users' days in the 30 days before that week."
-- fleet_days = "How many such days there were."
-- login = "The user; for a device the login with most of its requests; null for others."
-- device_tags = "Tags of the device, joined by commas; empty for people."
-- shared_identity = "Whether everybody behind a tagged device looks like this principal."
-- agent = "The agent with the most requests of that day."
-- peer_group = "The agent or tag whose other users (devices) are the peers: of those with at least four peers, the one in which most of them moved."
-- peers = "Others of that group who were active on that day and have a history of ten days."
-- peers_up = "How many of them were above one and a half times their own highest day in the same metric (had such a minute on that day)."
-- new_hours = "Hours of the day (UTC) with activity in which the user had none in the 30 days before; null where the principal is no user, or was active on fewer of them than `usual_hours_days` of `catalog_limits`."
-- cost_usd = "Cost of all requests of that day (that minute), in US dollars; for integrations and tools their share."
-- fresh_tokens = "Their input tokens that no cache held, and output tokens."
-- cached_tokens = "Their input tokens that came from a cache."
-- first_time = "First activity of the day (of the minute)."
-- last_time = "Last activity of the day (of the minute)."
-- evidence = "Records of the busiest hour first, at most 20; for others than users and tagged devices the first record of the day."
-- +++
WITH data AS (
  SELECT min(day) AS first_day FROM history_usage_days
),
records AS (
  SELECT k.kind, k.principal, k.metric, k.first_time, k.day, c.export_key, c.record_id, c.time
  FROM usage_scores k
  JOIN history_calls c ON c.login = k.login AND date_trunc('day', c.time) = k.day AND (k.kind = 'user' OR c.device = k.principal)
  WHERE (k.kind = 'user' OR (k.kind = 'device' AND k.shared_identity))
    AND k.metric NOT IN ('cost', 'tokens', 'requests', 'sessions', 'failed_requests', 'blocked_requests', 'quota_requests', 'refused_requests')
    AND (k.span = 'day' OR date_trunc('minute', c.time) = k.first_time)
    AND CASE WHEN k.metric LIKE 'destructive%' THEN c.destructive WHEN k.metric LIKE 'outgoing%' THEN c.egress
             WHEN k.metric = 'failed_calls' THEN c.outcome = 'error' WHEN k.metric = 'refused_calls' THEN c.outcome = 'refused'
             ELSE true END
  UNION ALL
  SELECT k.kind, k.principal, k.metric, k.first_time, k.day, r.export_key, r.record_id, r.time
  FROM usage_scores k
  JOIN history_requests r ON r.login = k.login AND date_trunc('day', r.time) = k.day AND (k.kind = 'user' OR r.device = k.principal)
  LEFT JOIN (SELECT stop_reason AS refusal FROM catalog_refusal_stops) f ON f.refusal = lower(r.stop_reason)
  WHERE (k.kind = 'user' OR (k.kind = 'device' AND k.shared_identity))
    AND k.metric IN ('cost', 'tokens', 'requests', 'sessions', 'failed_requests', 'blocked_requests', 'quota_requests', 'refused_requests')
    AND CASE k.metric WHEN 'failed_requests' THEN r.outcome <> 'ok' WHEN 'blocked_requests' THEN r.outcome = 'guardrail'
                      WHEN 'quota_requests' THEN r.outcome = 'quota'
                      WHEN 'refused_requests' THEN f.refusal IS NOT NULL ELSE true END
),
by_hour AS (
  SELECT DISTINCT kind, principal, metric, day, export_key, record_id, date_trunc('hour', time) AS hour FROM records
),
hours AS (
  SELECT *, count(*) OVER (PARTITION BY kind, principal, metric, day, hour) AS busy FROM by_hour
),
numbered AS (
  SELECT *, row_number() OVER (PARTITION BY kind, principal, metric, day ORDER BY busy DESC, hour, export_key, record_id) AS nth FROM hours
),
-- When somebody works is no alert; it is told beside one.
new_hours AS (
  SELECT k.principal, k.metric, k.first_time, count(*) AS new_hours
  FROM usage_scores k
  JOIN history_usage_hours h ON h.login = k.principal AND h.day = k.day
  WHERE k.kind = 'user' AND (k.span = 'day' OR h.hour = CAST(date_part('hour', k.first_time) AS BIGINT))
    AND NOT EXISTS (
      SELECT 1 FROM history_usage_hours b
      WHERE b.login = h.login AND b.hour = h.hour AND b.day < h.day AND b.day >= h.day - INTERVAL '30 days'
    )
  GROUP BY k.principal, k.metric, k.first_time
),
worked AS (
  SELECT k.principal, k.day, count(DISTINCT b.day) AS days
  FROM (SELECT DISTINCT principal, day FROM usage_scores WHERE kind = 'user') k
  JOIN history_usage_hours b ON b.login = k.principal AND b.day < k.day AND b.day >= k.day - INTERVAL '30 days'
  GROUP BY k.principal, k.day
),
proof AS (
  SELECT kind, principal, metric, day, array_agg(evidence(export_key, record_id) ORDER BY nth) AS evidence
  FROM numbered
  WHERE nth <= 20
  GROUP BY kind, principal, metric, day
)
SELECT k.kind, k.principal, k.day, k.metric, k.span, k.value, k.usual, k.previous_max, k.history, k.score,
       CAST((CAST(k.day AS BIGINT) - CAST(a.first_day AS BIGINT)) / 86400000000 AS BIGINT) AS data_days, k.fleet_limit, k.fleet_days, k.login, k.device_tags,
       k.shared_identity, k.agent, k.peer_group, k.peers, k.peers_up, CASE WHEN e.days >= l.value THEN coalesce(n.new_hours, 0) END AS new_hours,
       k.cost_usd, k.fresh_tokens, k.cached_tokens, k.first_time, k.last_time,
       coalesce(p.evidence, make_array(evidence(k.export_key, k.record_id))) AS evidence
FROM usage_scores k
CROSS JOIN data a
JOIN catalog_limits l ON l.name = 'usual_hours_days'
LEFT JOIN worked e ON k.kind = 'user' AND e.principal = k.principal AND e.day = k.day
LEFT JOIN new_hours n ON k.kind = 'user' AND n.principal = k.principal AND n.metric = k.metric AND n.first_time = k.first_time
LEFT JOIN proof p ON p.kind = k.kind AND p.principal = k.principal AND p.metric = k.metric AND p.day = k.day
