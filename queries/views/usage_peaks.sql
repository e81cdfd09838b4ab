-- +++
-- doc = "Days and minutes of the window on which a principal went clearly above everything it did in the 30 days before. The value is that of the whole day, also where the window begins or ends within it."
-- materialise = true
-- [columns]
-- kind = "What the principal is: user, device, agent, integration, tool, provider or model; only users for minutes."
-- principal = "Its name."
-- day = "Start of the day, UTC."
-- metric = "What was counted, see `catalog_usage_metrics`."
-- span = "day or minute: what it was counted in."
-- value = "The value of the day, or of its highest minute."
-- usual = "Median of the active days (minutes) of the 30 days before."
-- previous_max = "The highest of them."
-- history = "How many of them there were."
-- score = "Geometric mean of value to usual and value to previous_max, each taken as at least 1."
-- data_days = "Days from the first record of the lake to that day."
-- fleet_limit = "For users with too little history of their own: the 99.5th percentile of all users' days in the 30 days before that week."
-- fleet_days = "How many such days there were."
-- agent = "The agent with the most requests of that day."
-- peers = "Other users of that agent on that day with a history of ten days."
-- peers_up = "How many of them were above one and a half times their own highest day in the same metric."
-- first_time = "First activity of the day (of the minute)."
-- last_time = "Last activity of the day (of the minute)."
-- evidence = "Records of the busiest hour first; at most 20."
-- +++
WITH data AS (
  SELECT min(day) AS first_day FROM history_usage_days
),
days AS (
  SELECT d.*
  FROM history_usage_days d
  LEFT JOIN run_window w ON true
  WHERE (w.start_time IS NULL OR d.day >= date_trunc('day', w.start_time) - INTERVAL '40 days')
    AND (w.end_time IS NULL OR d.day < w.end_time)
),
compared AS (
  SELECT *, count(*) OVER before AS history,
         coalesce(max(calls) OVER before, 0) AS old_calls,
         coalesce(max(destructive) OVER before, 0) AS old_destructive,
         coalesce(max(outgoing) OVER before, 0) AS old_outgoing,
         coalesce(max(destinations) OVER before, 0) AS old_destinations,
         coalesce(max(integrations) OVER before, 0) AS old_integrations,
         coalesce(max(cost_usd) OVER before, 0) AS old_cost,
         coalesce(max(tokens) OVER before, 0) AS old_tokens,
         coalesce(max(requests) OVER before, 0) AS old_requests,
         coalesce(max(sessions) OVER before, 0) AS old_sessions,
         coalesce(max(failed_calls) OVER before, 0) AS old_failed_calls,
         coalesce(max(refused_calls) OVER before, 0) AS old_refused_calls,
         coalesce(max(failed_requests) OVER before, 0) AS old_failed_requests,
         coalesce(max(blocked_requests) OVER before, 0) AS old_blocked_requests,
         coalesce(max(quota_requests) OVER before, 0) AS old_quota_requests
  FROM days
  WINDOW before AS (PARTITION BY kind, principal ORDER BY day RANGE BETWEEN INTERVAL '30 days' PRECEDING AND INTERVAL '1 day' PRECEDING)
),
risen AS (
  SELECT kind, principal, day, agent, history, first_time, last_time, export_key, record_id, unnest(make_array(
           named_struct('metric', 'calls', 'value', CAST(calls AS DOUBLE), 'before', CAST(old_calls AS DOUBLE)),
           named_struct('metric', 'destructive', 'value', CAST(destructive AS DOUBLE), 'before', CAST(old_destructive AS DOUBLE)),
           named_struct('metric', 'outgoing', 'value', CAST(outgoing AS DOUBLE), 'before', CAST(old_outgoing AS DOUBLE)),
           named_struct('metric', 'destinations', 'value', CAST(destinations AS DOUBLE), 'before', CAST(old_destinations AS DOUBLE)),
           named_struct('metric', 'integrations', 'value', CAST(integrations AS DOUBLE), 'before', CAST(old_integrations AS DOUBLE)),
           named_struct('metric', 'cost', 'value', CAST(cost_usd AS DOUBLE), 'before', CAST(old_cost AS DOUBLE)),
           named_struct('metric', 'tokens', 'value', CAST(tokens AS DOUBLE), 'before', CAST(old_tokens AS DOUBLE)),
           named_struct('metric', 'requests', 'value', CAST(requests AS DOUBLE), 'before', CAST(old_requests AS DOUBLE)),
           named_struct('metric', 'sessions', 'value', CAST(sessions AS DOUBLE), 'before', CAST(old_sessions AS DOUBLE)),
           named_struct('metric', 'failed_calls', 'value', CAST(failed_calls AS DOUBLE), 'before', CAST(old_failed_calls AS DOUBLE)),
           named_struct('metric', 'refused_calls', 'value', CAST(refused_calls AS DOUBLE), 'before', CAST(old_refused_calls AS DOUBLE)),
           named_struct('metric', 'failed_requests', 'value', CAST(failed_requests AS DOUBLE), 'before', CAST(old_failed_requests AS DOUBLE)),
           named_struct('metric', 'blocked_requests', 'value', CAST(blocked_requests AS DOUBLE), 'before', CAST(old_blocked_requests AS DOUBLE)),
           named_struct('metric', 'quota_requests', 'value', CAST(quota_requests AS DOUBLE), 'before', CAST(old_quota_requests AS DOUBLE)))) AS m
  FROM compared
  WHERE calls > old_calls OR destructive > old_destructive OR outgoing > old_outgoing OR destinations > old_destinations OR integrations > old_integrations OR cost_usd > old_cost OR tokens > old_tokens OR requests > old_requests OR sessions > old_sessions OR failed_calls > old_failed_calls OR refused_calls > old_refused_calls OR failed_requests > old_failed_requests OR blocked_requests > old_blocked_requests OR quota_requests > old_quota_requests
),
high AS (
  SELECT r.kind, r.principal, r.day, r.agent, r.history, r.first_time, r.last_time, r.export_key, r.record_id, c.metric, c.span,
         c.history AS history_needed, m['value'] AS value, m['before'] AS previous_max
  FROM risen r
  JOIN catalog_usage_metrics c ON c.metric = m['metric']
  LEFT JOIN run_window w ON true
  WHERE m['value'] >= c.floor AND m['value'] - m['before'] >= c.margin
    AND (w.start_time IS NULL OR r.last_time >= w.start_time) AND (w.end_time IS NULL OR r.first_time < w.end_time)
),
usual_day AS (
  SELECT s.kind, s.principal, s.day, s.metric,
         median(CASE s.metric WHEN 'calls' THEN CAST(h.calls AS DOUBLE) WHEN 'destructive' THEN CAST(h.destructive AS DOUBLE) WHEN 'outgoing' THEN CAST(h.outgoing AS DOUBLE) WHEN 'destinations' THEN CAST(h.destinations AS DOUBLE) WHEN 'integrations' THEN CAST(h.integrations AS DOUBLE) WHEN 'cost' THEN CAST(h.cost_usd AS DOUBLE) WHEN 'tokens' THEN CAST(h.tokens AS DOUBLE) WHEN 'requests' THEN CAST(h.requests AS DOUBLE) WHEN 'sessions' THEN CAST(h.sessions AS DOUBLE) WHEN 'failed_calls' THEN CAST(h.failed_calls AS DOUBLE) WHEN 'refused_calls' THEN CAST(h.refused_calls AS DOUBLE) WHEN 'failed_requests' THEN CAST(h.failed_requests AS DOUBLE) WHEN 'blocked_requests' THEN CAST(h.blocked_requests AS DOUBLE) WHEN 'quota_requests' THEN CAST(h.quota_requests AS DOUBLE) END) AS usual
  FROM high s
  JOIN days h ON h.kind = s.kind AND h.principal = s.principal AND h.day < s.day AND h.day >= s.day - INTERVAL '30 days'
  GROUP BY s.kind, s.principal, s.day, s.metric
),
-- Newcomers have no past of their own. One limit per week, so that it does not depend on the window.
weeks AS (
  SELECT DISTINCT metric, date_trunc('week', day) AS week FROM high WHERE kind = 'user' AND history < history_needed
),
fleet AS (
  SELECT s.metric, s.week, count(*) AS fleet_days,
         percentile_cont(0.995) WITHIN GROUP (ORDER BY CASE s.metric WHEN 'calls' THEN CAST(h.calls AS DOUBLE) WHEN 'destructive' THEN CAST(h.destructive AS DOUBLE) WHEN 'outgoing' THEN CAST(h.outgoing AS DOUBLE) WHEN 'destinations' THEN CAST(h.destinations AS DOUBLE) WHEN 'integrations' THEN CAST(h.integrations AS DOUBLE) WHEN 'cost' THEN CAST(h.cost_usd AS DOUBLE) WHEN 'tokens' THEN CAST(h.tokens AS DOUBLE) WHEN 'requests' THEN CAST(h.requests AS DOUBLE) WHEN 'sessions' THEN CAST(h.sessions AS DOUBLE) WHEN 'failed_calls' THEN CAST(h.failed_calls AS DOUBLE) WHEN 'refused_calls' THEN CAST(h.refused_calls AS DOUBLE) WHEN 'failed_requests' THEN CAST(h.failed_requests AS DOUBLE) WHEN 'blocked_requests' THEN CAST(h.blocked_requests AS DOUBLE) WHEN 'quota_requests' THEN CAST(h.quota_requests AS DOUBLE) END) AS fleet_limit
  FROM weeks s
  JOIN days h ON h.kind = 'user' AND h.day < s.week AND h.day >= s.week - INTERVAL '30 days'
  GROUP BY s.metric, s.week
),
moved AS (
  SELECT day, agent, count(*) AS users,
         sum(CASE WHEN calls > 1.5 * old_calls AND calls > 0 THEN 1 ELSE 0 END) AS up_calls,
         sum(CASE WHEN destructive > 1.5 * old_destructive AND destructive > 0 THEN 1 ELSE 0 END) AS up_destructive,
         sum(CASE WHEN outgoing > 1.5 * old_outgoing AND outgoing > 0 THEN 1 ELSE 0 END) AS up_outgoing,
         sum(CASE WHEN destinations > 1.5 * old_destinations AND destinations > 0 THEN 1 ELSE 0 END) AS up_destinations,
         sum(CASE WHEN integrations > 1.5 * old_integrations AND integrations > 0 THEN 1 ELSE 0 END) AS up_integrations,
         sum(CASE WHEN cost_usd > 1.5 * old_cost AND cost_usd > 0 THEN 1 ELSE 0 END) AS up_cost,
         sum(CASE WHEN tokens > 1.5 * old_tokens AND tokens > 0 THEN 1 ELSE 0 END) AS up_tokens,
         sum(CASE WHEN requests > 1.5 * old_requests AND requests > 0 THEN 1 ELSE 0 END) AS up_requests,
         sum(CASE WHEN sessions > 1.5 * old_sessions AND sessions > 0 THEN 1 ELSE 0 END) AS up_sessions,
         sum(CASE WHEN failed_calls > 1.5 * old_failed_calls AND failed_calls > 0 THEN 1 ELSE 0 END) AS up_failed_calls,
         sum(CASE WHEN refused_calls > 1.5 * old_refused_calls AND refused_calls > 0 THEN 1 ELSE 0 END) AS up_refused_calls,
         sum(CASE WHEN failed_requests > 1.5 * old_failed_requests AND failed_requests > 0 THEN 1 ELSE 0 END) AS up_failed_requests,
         sum(CASE WHEN blocked_requests > 1.5 * old_blocked_requests AND blocked_requests > 0 THEN 1 ELSE 0 END) AS up_blocked_requests,
         sum(CASE WHEN quota_requests > 1.5 * old_quota_requests AND quota_requests > 0 THEN 1 ELSE 0 END) AS up_quota_requests
  FROM compared
  WHERE kind = 'user' AND history >= 10
  GROUP BY day, agent
),
moved_by AS (
  SELECT day, agent, users, u['metric'] AS metric, u['up'] AS up
  FROM (
    SELECT day, agent, users, unnest(make_array(
           named_struct('metric', 'calls', 'up', up_calls),
           named_struct('metric', 'destructive', 'up', up_destructive),
           named_struct('metric', 'outgoing', 'up', up_outgoing),
           named_struct('metric', 'destinations', 'up', up_destinations),
           named_struct('metric', 'integrations', 'up', up_integrations),
           named_struct('metric', 'cost', 'up', up_cost),
           named_struct('metric', 'tokens', 'up', up_tokens),
           named_struct('metric', 'requests', 'up', up_requests),
           named_struct('metric', 'sessions', 'up', up_sessions),
           named_struct('metric', 'failed_calls', 'up', up_failed_calls),
           named_struct('metric', 'refused_calls', 'up', up_refused_calls),
           named_struct('metric', 'failed_requests', 'up', up_failed_requests),
           named_struct('metric', 'blocked_requests', 'up', up_blocked_requests),
           named_struct('metric', 'quota_requests', 'up', up_quota_requests))) AS u
    FROM moved
  ) each
),
minutes AS (
  SELECT m.*
  FROM history_usage_minutes m
  LEFT JOIN run_window w ON true
  WHERE (w.start_time IS NULL OR m.minute >= date_trunc('day', w.start_time) - INTERVAL '31 days')
    AND (w.end_time IS NULL OR m.minute < date_trunc('day', w.end_time) + INTERVAL '1 day')
),
minutes_compared AS (
  SELECT login, minute, agent, calls, destructive, outgoing, count(*) OVER before AS history,
         coalesce(max(calls) OVER before, 0) AS old_calls, coalesce(max(destructive) OVER before, 0) AS old_destructive,
         coalesce(max(outgoing) OVER before, 0) AS old_outgoing
  FROM minutes
  -- The minutes right before belong to the same burst and are no history.
  WINDOW before AS (PARTITION BY login ORDER BY minute RANGE BETWEEN INTERVAL '30 days' PRECEDING AND INTERVAL '10 minutes' PRECEDING)
),
minutes_risen AS (
  SELECT login, minute, agent, history, unnest(make_array(
           named_struct('metric', 'calls_per_minute', 'value', CAST(calls AS DOUBLE), 'before', CAST(old_calls AS DOUBLE)),
           named_struct('metric', 'destructive_per_minute', 'value', CAST(destructive AS DOUBLE), 'before', CAST(old_destructive AS DOUBLE)),
           named_struct('metric', 'outgoing_per_minute', 'value', CAST(outgoing AS DOUBLE), 'before', CAST(old_outgoing AS DOUBLE)))) AS m
  FROM minutes_compared
  WHERE calls > old_calls OR destructive > old_destructive OR outgoing > old_outgoing
),
minutes_high AS (
  SELECT r.login, r.minute, r.agent, r.history, c.history AS history_needed, c.metric, c.span, m['value'] AS value, m['before'] AS previous_max,
         row_number() OVER (PARTITION BY r.login, date_trunc('day', r.minute), c.metric ORDER BY m['value'] DESC, r.minute) AS nth
  FROM minutes_risen r
  JOIN catalog_usage_metrics c ON c.metric = m['metric']
  LEFT JOIN run_window w ON true
  WHERE m['value'] >= c.floor AND m['value'] - m['before'] >= c.margin AND r.history >= c.history
    AND (w.start_time IS NULL OR r.minute + INTERVAL '1 minute' > w.start_time) AND (w.end_time IS NULL OR r.minute < w.end_time)
),
usual_minute AS (
  SELECT s.login, s.minute, s.metric,
         median(CAST(CASE s.metric WHEN 'calls_per_minute' THEN h.calls WHEN 'outgoing_per_minute' THEN h.outgoing
                                   ELSE h.destructive END AS DOUBLE)) AS usual
  FROM minutes_high s
  JOIN minutes h ON h.login = s.login AND h.minute <= s.minute - INTERVAL '10 minutes' AND h.minute >= s.minute - INTERVAL '30 days'
  WHERE s.nth = 1
  GROUP BY s.login, s.minute, s.metric
),
peaks AS (
  SELECT h.kind, h.principal, h.day, h.metric, h.span, h.value, coalesce(u.usual, 0) AS usual, h.previous_max, h.history, h.history_needed,
         f.fleet_limit, f.fleet_days, h.agent, p.users AS peers_and_own, p.up, h.history >= 10 AS counted, h.first_time, h.last_time,
         h.export_key, h.record_id
  FROM high h
  LEFT JOIN usual_day u ON u.kind = h.kind AND u.principal = h.principal AND u.day = h.day AND u.metric = h.metric
  LEFT JOIN fleet f ON h.kind = 'user' AND h.history < h.history_needed AND f.metric = h.metric AND f.week = date_trunc('week', h.day)
  LEFT JOIN moved_by p ON h.kind = 'user' AND p.day = h.day AND p.agent = h.agent AND p.metric = h.metric
  UNION ALL
  SELECT 'user', m.login, date_trunc('day', m.minute), m.metric, m.span, m.value, coalesce(u.usual, 0), m.previous_max, m.history, m.history_needed,
         CAST(NULL AS DOUBLE), CAST(NULL AS BIGINT), m.agent, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), false, m.minute,
         m.minute + INTERVAL '1 minute', CAST(NULL AS VARCHAR), CAST(NULL AS BIGINT)
  FROM minutes_high m
  LEFT JOIN usual_minute u ON u.login = m.login AND u.minute = m.minute AND u.metric = m.metric
  WHERE m.nth = 1
),
scored AS (
  SELECT *, sqrt(value / greatest(usual, 1) * value / greatest(previous_max, 1)) AS score FROM peaks
),
kept AS (
  SELECT * FROM scored WHERE (history >= history_needed AND score >= 2.0) OR value > fleet_limit
),
records AS (
  SELECT k.principal, k.metric, k.first_time, k.day, c.export_key, c.record_id, c.time
  FROM kept k
  JOIN history_calls c ON c.login = k.principal AND date_trunc('day', c.time) = k.day
  WHERE k.kind = 'user' AND k.metric NOT IN ('cost', 'tokens', 'requests', 'sessions', 'failed_requests', 'blocked_requests', 'quota_requests')
    AND (k.span = 'day' OR date_trunc('minute', c.time) = k.first_time)
    AND CASE WHEN k.metric LIKE 'destructive%' THEN c.destructive WHEN k.metric LIKE 'outgoing%' THEN c.egress
             WHEN k.metric = 'failed_calls' THEN c.outcome = 'error' WHEN k.metric = 'refused_calls' THEN c.outcome = 'refused'
             ELSE true END
  UNION ALL
  SELECT k.principal, k.metric, k.first_time, k.day, r.export_key, r.record_id, r.time
  FROM kept k
  JOIN history_requests r ON r.login = k.principal AND date_trunc('day', r.time) = k.day
  WHERE k.kind = 'user' AND k.metric IN ('cost', 'tokens', 'requests', 'sessions', 'failed_requests', 'blocked_requests', 'quota_requests')
    AND CASE k.metric WHEN 'failed_requests' THEN r.outcome <> 'ok' WHEN 'blocked_requests' THEN r.outcome = 'guardrail'
                      WHEN 'quota_requests' THEN r.outcome = 'quota' ELSE true END
),
by_hour AS (
  SELECT DISTINCT principal, metric, day, export_key, record_id, date_trunc('hour', time) AS hour FROM records
),
hours AS (
  SELECT *, count(*) OVER (PARTITION BY principal, metric, day, hour) AS busy FROM by_hour
),
numbered AS (
  SELECT *, row_number() OVER (PARTITION BY principal, metric, day ORDER BY busy DESC, hour, export_key, record_id) AS nth FROM hours
),
proof AS (
  SELECT principal, metric, day, array_agg(evidence(export_key, record_id) ORDER BY nth) AS evidence
  FROM numbered
  WHERE nth <= 20
  GROUP BY principal, metric, day
)
SELECT k.kind, k.principal, k.day, k.metric, k.span, k.value, k.usual, k.previous_max, k.history, k.score,
       CAST((CAST(k.day AS BIGINT) - CAST(a.first_day AS BIGINT)) / 86400000000 AS BIGINT) AS data_days, k.fleet_limit, k.fleet_days, k.agent,
       CASE WHEN k.kind = 'user' THEN greatest(coalesce(k.peers_and_own, 0) - CASE WHEN k.counted THEN 1 ELSE 0 END, 0) END AS peers,
       CASE WHEN k.kind = 'user' THEN coalesce(k.up, 0) - CASE WHEN k.counted AND k.value > 1.5 * k.previous_max THEN 1 ELSE 0 END END AS peers_up,
       k.first_time, k.last_time, coalesce(p.evidence, make_array(evidence(k.export_key, k.record_id))) AS evidence
FROM kept k
CROSS JOIN data a
LEFT JOIN proof p ON k.kind = 'user' AND p.principal = k.principal AND p.metric = k.metric AND p.day = k.day
