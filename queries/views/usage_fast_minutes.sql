-- +++
-- doc = "The highest minute of a day of the window by user and metric, where it is above everything of the 30 days before by the metric's floor and margin."
-- materialise = true
-- [columns]
-- minute = "Start of the minute, UTC."
-- agent = "Agent of the first call."
-- history = "Active minutes of the 30 days before."
-- history_needed = "Active minutes that the metric needs."
-- metric = "What was counted."
-- span = "minute."
-- value = "The value of the minute."
-- previous_max = "The highest minute of the 30 days before."
-- usual = "Median of these minutes."
-- +++
WITH minutes AS (
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
)
SELECT m.login, m.minute, m.agent, m.history, m.history_needed, m.metric, m.span, m.value, m.previous_max, coalesce(u.usual, 0) AS usual
FROM minutes_high m
LEFT JOIN usual_minute u ON u.login = m.login AND u.minute = m.minute AND u.metric = m.metric
WHERE m.nth = 1
