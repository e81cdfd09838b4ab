-- +++
-- doc = "Days of the window, and of the 100 days before it, of every principal, beside the highest values of the 90 days before each."
-- materialise = true
-- [columns]
-- history = "Active days among the 30 before."
-- old_busiest_hour = "The highest busiest_hour of the 90 days before; 0 without any."
-- old_calls = "The highest calls of the 90 days before; 0 without any."
-- old_destructive = "The highest destructive of the 90 days before; 0 without any."
-- old_outgoing = "The highest outgoing of the 90 days before; 0 without any."
-- old_destinations = "The highest destinations of the 90 days before; 0 without any."
-- old_integrations = "The highest integrations of the 90 days before; 0 without any."
-- old_cost = "The highest cost of the 90 days before; 0 without any."
-- old_tokens = "The highest tokens of the 90 days before; 0 without any."
-- old_requests = "The highest requests of the 90 days before; 0 without any."
-- old_sessions = "The highest sessions of the 90 days before; 0 without any."
-- old_failed_calls = "The highest failed_calls of the 90 days before; 0 without any."
-- old_refused_calls = "The highest refused_calls of the 90 days before; 0 without any."
-- old_failed_requests = "The highest failed_requests of the 90 days before; 0 without any."
-- old_blocked_requests = "The highest blocked_requests of the 90 days before; 0 without any."
-- old_quota_requests = "The highest quota_requests of the 90 days before; 0 without any."
-- old_refused_requests = "The highest refused_requests of the 90 days before; 0 without any."
-- [[case]]
-- name = "the highest of ninety days, the active ones of thirty"
-- history_usage_days = [
--   { kind = "user", principal = "ana", day = 2026-01-01T00:00:00Z, calls = 50 },
--   { kind = "user", principal = "ana", day = 2026-03-20T00:00:00Z, calls = 10 },
--   { kind = "user", principal = "ana", day = 2026-04-01T00:00:00Z, calls = 20 },
-- ]
-- run_window = [
--   {  },
-- ]
-- expect = [
--   { day = 2026-01-01T00:00:00Z, old_calls = 0, history = 0 },
--   { day = 2026-03-20T00:00:00Z, old_calls = 50, history = 0 },
--   { day = 2026-04-01T00:00:00Z, calls = 20, old_calls = 50, history = 1 },
-- ]
-- [[case]]
-- name = "what lies ninety-one days before no longer counts"
-- history_usage_days = [
--   { kind = "user", principal = "ana", day = 2026-01-01T00:00:00Z, calls = 50 },
--   { kind = "user", principal = "ana", day = 2026-04-02T00:00:00Z, calls = 20 },
-- ]
-- run_window = [
--   {  },
-- ]
-- expect = [
--   { old_calls = 0, calls = 50 },
--   { calls = 20, old_calls = 0, history = 0 },
-- ]
-- [[case]]
-- name = "days of others"
-- history_usage_days = [
--   { kind = "user", principal = "ana", day = 2026-03-31T00:00:00Z, calls = 20 },
--   { kind = "user", principal = "ben", day = 2026-03-20T00:00:00Z, calls = 50 },
-- ]
-- run_window = [
--   {  },
-- ]
-- expect = [
--   { principal = "ana", old_calls = 0 },
--   { principal = "ben", old_calls = 0 },
-- ]
-- [[case]]
-- name = "days after the window"
-- history_usage_days = [
--   { kind = "user", principal = "ana", day = 2026-04-02T00:00:00Z, calls = 20 },
-- ]
-- run_window = [
--   { start_time = 2026-03-01T09:00:00Z, end_time = 2026-03-31T09:00:00Z },
-- ]
-- expect = []
-- +++
WITH days AS (
  SELECT d.*
  FROM history_usage_days d
  LEFT JOIN run_window w ON true
  WHERE (w.start_time IS NULL OR d.day >= date_trunc('day', w.start_time) - INTERVAL '100 days')
    AND (w.end_time IS NULL OR d.day < w.end_time)
)
SELECT *, count(*) OVER before AS history,
       coalesce(max(calls) OVER quarter, 0) AS old_calls,
       coalesce(max(busiest_hour) OVER quarter, 0) AS old_busiest_hour,
       coalesce(max(destructive) OVER quarter, 0) AS old_destructive,
       coalesce(max(outgoing) OVER quarter, 0) AS old_outgoing,
       coalesce(max(destinations) OVER quarter, 0) AS old_destinations,
       coalesce(max(integrations) OVER quarter, 0) AS old_integrations,
       coalesce(max(cost_usd) OVER quarter, 0) AS old_cost,
       coalesce(max(tokens) OVER quarter, 0) AS old_tokens,
       coalesce(max(requests) OVER quarter, 0) AS old_requests,
       coalesce(max(sessions) OVER quarter, 0) AS old_sessions,
       coalesce(max(failed_calls) OVER quarter, 0) AS old_failed_calls,
       coalesce(max(refused_calls) OVER quarter, 0) AS old_refused_calls,
       coalesce(max(failed_requests) OVER quarter, 0) AS old_failed_requests,
       coalesce(max(blocked_requests) OVER quarter, 0) AS old_blocked_requests,
       coalesce(max(quota_requests) OVER quarter, 0) AS old_quota_requests,
       coalesce(max(refused_requests) OVER quarter, 0) AS old_refused_requests
FROM days
WINDOW before AS (PARTITION BY kind, principal ORDER BY day RANGE BETWEEN INTERVAL '30 days' PRECEDING AND INTERVAL '1 day' PRECEDING),
       quarter AS (PARTITION BY kind, principal ORDER BY day RANGE BETWEEN INTERVAL '90 days' PRECEDING AND INTERVAL '1 day' PRECEDING)
