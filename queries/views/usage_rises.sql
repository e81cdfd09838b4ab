-- +++
-- doc = "Days of the window on which a principal went above everything of the 90 days before in a metric of `catalog_usage_metrics`, by its floor and margin."
-- materialise = true
-- [columns]
-- history = "Active days among the 30 before."
-- cost_usd = "Cost of the whole day."
-- fresh_tokens = "Input tokens of the whole day that no cache held, and output tokens."
-- cached_tokens = "Input tokens of the whole day that came from a cache."
-- metric = "What was counted."
-- span = "day."
-- history_needed = "Active days that the metric needs."
-- value = "The value of the day."
-- previous_max = "The highest of the 90 days before."
-- +++
WITH risen AS (
  SELECT kind, principal, day, login, device_tags, shared_identity, agent, history, cost_usd, tokens AS fresh_tokens, cached_tokens, first_time, last_time,
         export_key, record_id, unnest(make_array(
           named_struct('metric', 'calls', 'value', CAST(calls AS DOUBLE), 'before', CAST(old_calls AS DOUBLE)),
           named_struct('metric', 'busiest_hour', 'value', CAST(busiest_hour AS DOUBLE), 'before', CAST(old_busiest_hour AS DOUBLE)),
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
           named_struct('metric', 'quota_requests', 'value', CAST(quota_requests AS DOUBLE), 'before', CAST(old_quota_requests AS DOUBLE)),
           named_struct('metric', 'refused_requests', 'value', CAST(refused_requests AS DOUBLE), 'before', CAST(old_refused_requests AS DOUBLE)))) AS m
  FROM usage_comparisons
  WHERE calls > old_calls OR busiest_hour > old_busiest_hour OR destructive > old_destructive OR outgoing > old_outgoing OR destinations > old_destinations OR integrations > old_integrations OR cost_usd > old_cost OR tokens > old_tokens OR requests > old_requests OR sessions > old_sessions OR failed_calls > old_failed_calls OR refused_calls > old_refused_calls OR failed_requests > old_failed_requests OR blocked_requests > old_blocked_requests OR quota_requests > old_quota_requests OR refused_requests > old_refused_requests
)
SELECT r.kind, r.principal, r.day, r.login, r.device_tags, r.shared_identity, r.agent, r.history, r.cost_usd, r.fresh_tokens, r.cached_tokens,
       r.first_time, r.last_time, r.export_key, r.record_id, c.metric, c.span, c.history AS history_needed, m['value'] AS value, m['before'] AS previous_max
FROM risen r
JOIN catalog_usage_metrics c ON c.metric = m['metric']
LEFT JOIN run_window w ON true
WHERE m['value'] >= c.floor AND m['value'] - m['before'] >= c.margin
  AND (w.start_time IS NULL OR r.last_time >= w.start_time) AND (w.end_time IS NULL OR r.first_time < w.end_time)
