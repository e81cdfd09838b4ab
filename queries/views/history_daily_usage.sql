-- +++
-- doc = "Usage of the whole lake per day (UTC), login, device, agent, provider and model, for comparison with what was before the window."
-- [columns]
-- day = "Start of the day, UTC."
-- requests = "Requests."
-- sessions = "Sessions."
-- failed_requests = "Requests whose outcome was not ok."
-- blocked_requests = "Requests that a guardrail stopped."
-- quota_requests = "Requests refused for lack of quota."
-- bare_requests = "Requests without bodies, of which only metrics are known."
-- first_time = "Start of the first request."
-- last_time = "Start of the last request."
-- +++
SELECT day, login, device, agent, provider, model, sum(requests) AS requests, count(DISTINCT session_id) AS sessions,
       sum(failed_requests) AS failed_requests, sum(blocked_requests) AS blocked_requests, sum(quota_requests) AS quota_requests,
       sum(bare_requests) AS bare_requests, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
       sum(cached_tokens) AS cached_tokens, sum(reasoning_tokens) AS reasoning_tokens, sum(web_searches) AS web_searches,
       sum(cost_nano_usd) / 1000000000.0 AS cost_usd, min(first_time) AS first_time, max(last_time) AS last_time
FROM history_session_days
GROUP BY day, login, device, agent, provider, model
