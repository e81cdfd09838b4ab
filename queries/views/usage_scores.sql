-- +++
-- doc = "Rises and fast minutes with their scores, the limit for newcomers and their peers."
-- materialise = true
-- [columns]
-- history_needed = "Active days or minutes that the metric needs."
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
-- fleet_limit = "For users with too little history of their own: the 99.5th percentile of all users' days in the 30 days before that week."
-- fleet_days = "How many such days there were."
-- login = "The user; for a device the login with most of its requests; null for others."
-- device_tags = "Tags of the device, joined by commas; empty for people."
-- shared_identity = "Whether everybody behind a tagged device looks like this principal."
-- agent = "The agent with the most requests of that day."
-- peer_group = "The agent or tag whose other users (devices) are the peers: of those with at least four peers, the one in which most of them moved."
-- peers = "Others of that group who were active on that day and have a history of ten days."
-- peers_up = "How many of them were above one and a half times their own highest day in the same metric (had such a minute on that day)."
-- cost_usd = "Cost of all requests of that day (that minute), in US dollars; for integrations and tools their share."
-- fresh_tokens = "Their input tokens that no cache held, and output tokens."
-- cached_tokens = "Their input tokens that came from a cache."
-- first_time = "First activity of the day (of the minute)."
-- last_time = "Last activity of the day (of the minute)."
-- +++
WITH usual_day AS (
  SELECT s.kind, s.principal, s.day, s.metric,
         median(CASE s.metric WHEN 'calls' THEN CAST(h.calls AS DOUBLE) WHEN 'busiest_hour' THEN CAST(h.busiest_hour AS DOUBLE) WHEN 'destructive' THEN CAST(h.destructive AS DOUBLE) WHEN 'outgoing' THEN CAST(h.outgoing AS DOUBLE) WHEN 'destinations' THEN CAST(h.destinations AS DOUBLE) WHEN 'integrations' THEN CAST(h.integrations AS DOUBLE) WHEN 'cost' THEN CAST(h.cost_usd AS DOUBLE) WHEN 'tokens' THEN CAST(h.tokens AS DOUBLE) WHEN 'requests' THEN CAST(h.requests AS DOUBLE) WHEN 'sessions' THEN CAST(h.sessions AS DOUBLE) WHEN 'failed_calls' THEN CAST(h.failed_calls AS DOUBLE) WHEN 'refused_calls' THEN CAST(h.refused_calls AS DOUBLE) WHEN 'failed_requests' THEN CAST(h.failed_requests AS DOUBLE) WHEN 'blocked_requests' THEN CAST(h.blocked_requests AS DOUBLE) WHEN 'quota_requests' THEN CAST(h.quota_requests AS DOUBLE) WHEN 'refused_requests' THEN CAST(h.refused_requests AS DOUBLE) END) AS usual
  FROM usage_rises s
  JOIN history_usage_days h ON h.kind = s.kind AND h.principal = s.principal AND h.day < s.day AND h.day >= s.day - INTERVAL '30 days'
  GROUP BY s.kind, s.principal, s.day, s.metric
),
-- Newcomers have no past of their own. One limit per week, so that it does not depend on the window.
weeks AS (
  SELECT DISTINCT metric, date_trunc('week', day) AS week FROM usage_rises WHERE kind = 'user' AND history < history_needed
),
fleet AS (
  SELECT s.metric, s.week, count(*) AS fleet_days,
         percentile_cont(0.995) WITHIN GROUP (ORDER BY CASE s.metric WHEN 'calls' THEN CAST(h.calls AS DOUBLE) WHEN 'busiest_hour' THEN CAST(h.busiest_hour AS DOUBLE) WHEN 'destructive' THEN CAST(h.destructive AS DOUBLE) WHEN 'outgoing' THEN CAST(h.outgoing AS DOUBLE) WHEN 'destinations' THEN CAST(h.destinations AS DOUBLE) WHEN 'integrations' THEN CAST(h.integrations AS DOUBLE) WHEN 'cost' THEN CAST(h.cost_usd AS DOUBLE) WHEN 'tokens' THEN CAST(h.tokens AS DOUBLE) WHEN 'requests' THEN CAST(h.requests AS DOUBLE) WHEN 'sessions' THEN CAST(h.sessions AS DOUBLE) WHEN 'failed_calls' THEN CAST(h.failed_calls AS DOUBLE) WHEN 'refused_calls' THEN CAST(h.refused_calls AS DOUBLE) WHEN 'failed_requests' THEN CAST(h.failed_requests AS DOUBLE) WHEN 'blocked_requests' THEN CAST(h.blocked_requests AS DOUBLE) WHEN 'quota_requests' THEN CAST(h.quota_requests AS DOUBLE) WHEN 'refused_requests' THEN CAST(h.refused_requests AS DOUBLE) END) AS fleet_limit
  FROM weeks s
  JOIN history_usage_days h ON h.kind = 'user' AND h.day < s.week AND h.day >= s.week - INTERVAL '30 days'
  GROUP BY s.metric, s.week
),
-- Peers are those with the same agent, and those with a tag in common. Nobody's name holds the separator.
grouped AS (
  SELECT *, unnest(string_to_array(coalesce(agent, 'unknown') || CASE WHEN device_tags <> '' THEN chr(31) || replace(device_tags, ',', chr(31)) ELSE '' END, chr(31))) AS peer_group
  FROM usage_comparisons
  WHERE kind IN ('user', 'device') AND history >= 10
),
moved AS (
  SELECT kind, day, peer_group, count(*) AS users,
         sum(CASE WHEN calls > 1.5 * old_calls AND calls > 0 THEN 1 ELSE 0 END) AS up_calls,
         sum(CASE WHEN busiest_hour > 1.5 * old_busiest_hour AND busiest_hour > 0 THEN 1 ELSE 0 END) AS up_busiest_hour,
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
         sum(CASE WHEN quota_requests > 1.5 * old_quota_requests AND quota_requests > 0 THEN 1 ELSE 0 END) AS up_quota_requests,
         sum(CASE WHEN refused_requests > 1.5 * old_refused_requests AND refused_requests > 0 THEN 1 ELSE 0 END) AS up_refused_requests
  FROM grouped
  GROUP BY kind, day, peer_group
),
moved_by AS (
  SELECT kind, day, peer_group, users, u['metric'] AS metric, u['up'] AS up
  FROM (
    SELECT kind, day, peer_group, users, unnest(make_array(
           named_struct('metric', 'calls', 'up', up_calls),
           named_struct('metric', 'busiest_hour', 'up', up_busiest_hour),
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
           named_struct('metric', 'quota_requests', 'up', up_quota_requests),
           named_struct('metric', 'refused_requests', 'up', up_refused_requests))) AS u
    FROM moved
  ) each
),
in_groups AS (
  SELECT kind, principal, day, metric,
         CASE WHEN history >= 10 THEN 1 ELSE 0 END AS own, CASE WHEN history >= 10 AND value > 1.5 * previous_max THEN 1 ELSE 0 END AS own_up,
         unnest(string_to_array(coalesce(agent, 'unknown') || CASE WHEN device_tags <> '' THEN chr(31) || replace(device_tags, ',', chr(31)) ELSE '' END, chr(31))) AS peer_group
  FROM usage_rises
  WHERE kind IN ('user', 'device')
),
compared_to AS (
  SELECT g.kind, g.principal, g.day, g.metric, g.peer_group, greatest(coalesce(m.users, 0) - g.own, 0) AS peers,
         greatest(coalesce(m.up, 0) - g.own_up, 0) AS peers_up
  FROM in_groups g
  LEFT JOIN moved_by m ON m.kind = g.kind AND m.day = g.day AND m.peer_group = g.peer_group AND m.metric = g.metric
),
peer_groups AS (
  SELECT *, row_number() OVER (PARTITION BY kind, principal, day, metric
                               ORDER BY CASE WHEN peers >= 4 THEN 0 ELSE 1 END, peers_up * 1.0 / greatest(peers, 1) DESC, peers DESC, peer_group) AS nth
  FROM compared_to
),
-- How many users of an agent had such a minute on a day, and how many there were who could have had one.
minutes_moved AS (
  SELECT date_trunc('day', minute) AS day, agent, metric, count(*) AS up FROM usage_fast_minutes GROUP BY date_trunc('day', minute), agent, metric
),
agent_users AS (
  SELECT day, agent, count(*) AS users FROM usage_comparisons WHERE kind = 'user' AND history >= 10 GROUP BY day, agent
),
own_days AS (
  SELECT principal, day, agent FROM usage_comparisons WHERE kind = 'user' AND history >= 10
),
minute_costs AS (
  SELECT s.login, s.minute, s.metric, coalesce(sum(r.cost_nano_usd), 0) / 1000000000.0 AS cost_usd,
         sum(greatest(coalesce(r.input_tokens, 0) - coalesce(r.cached_tokens, 0), 0) + coalesce(r.output_tokens, 0)) AS fresh_tokens,
         coalesce(sum(r.cached_tokens), 0) AS cached_tokens
  FROM usage_fast_minutes s
  JOIN history_requests r ON r.login = s.login AND date_trunc('minute', r.time) = s.minute
  GROUP BY s.login, s.minute, s.metric
),
peaks AS (
  SELECT h.kind, h.principal, h.day, h.metric, h.span, h.value, coalesce(u.usual, 0) AS usual, h.previous_max, h.history, h.history_needed,
         f.fleet_limit, f.fleet_days, h.login, h.device_tags, h.shared_identity, h.agent, p.peer_group, p.peers, p.peers_up, h.cost_usd, h.fresh_tokens,
         h.cached_tokens, h.first_time, h.last_time, h.export_key, h.record_id
  FROM usage_rises h
  LEFT JOIN usual_day u ON u.kind = h.kind AND u.principal = h.principal AND u.day = h.day AND u.metric = h.metric
  LEFT JOIN fleet f ON h.kind = 'user' AND h.history < h.history_needed AND f.metric = h.metric AND f.week = date_trunc('week', h.day)
  LEFT JOIN peer_groups p ON p.kind = h.kind AND p.principal = h.principal AND p.day = h.day AND p.metric = h.metric AND p.nth = 1
  UNION ALL
  SELECT 'user', m.login, date_trunc('day', m.minute), m.metric, m.span, m.value, m.usual, m.previous_max, m.history, m.history_needed,
         CAST(NULL AS DOUBLE), CAST(NULL AS BIGINT), m.login AS own_login, CAST(NULL AS VARCHAR), CAST(NULL AS BOOLEAN), m.agent, m.agent AS peer_group,
         greatest(coalesce(a.users, 0) - CASE WHEN o.principal IS NULL THEN 0 ELSE 1 END, 0), greatest(coalesce(v.up, 0) - 1, 0),
         coalesce(c.cost_usd, 0), coalesce(c.fresh_tokens, 0), coalesce(c.cached_tokens, 0), m.minute, m.minute + INTERVAL '1 minute',
         CAST(NULL AS VARCHAR), CAST(NULL AS BIGINT)
  FROM usage_fast_minutes m
  LEFT JOIN minute_costs c ON c.login = m.login AND c.minute = m.minute AND c.metric = m.metric
  LEFT JOIN agent_users a ON a.day = date_trunc('day', m.minute) AND a.agent = m.agent
  LEFT JOIN own_days o ON o.principal = m.login AND o.day = date_trunc('day', m.minute) AND o.agent = m.agent
  LEFT JOIN minutes_moved v ON v.day = date_trunc('day', m.minute) AND v.agent = m.agent AND v.metric = m.metric
),
scored AS (
  SELECT *, sqrt(value / greatest(usual, 1) * value / greatest(previous_max, 1)) AS score FROM peaks
)
SELECT * FROM scored WHERE (history >= history_needed AND score >= 2.0) OR value > fleet_limit
