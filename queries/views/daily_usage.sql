-- +++
-- doc = "Usage per day (UTC), login, device, agent, provider and model."
-- [columns]
-- day = "Start of the day, UTC."
-- +++
SELECT date_trunc('day', time) AS day, login, device, agent, provider, model, count(*) AS requests,
       count(DISTINCT session_id) AS sessions, sum(CASE WHEN outcome = 'ok' THEN 0 ELSE 1 END) AS failed_requests,
       coalesce(sum(input_tokens), 0) AS input_tokens, coalesce(sum(output_tokens), 0) AS output_tokens,
       coalesce(sum(cached_tokens), 0) AS cached_tokens, coalesce(sum(reasoning_tokens), 0) AS reasoning_tokens,
       coalesce(sum(web_searches), 0) AS web_searches, coalesce(sum(cost_nano_usd), 0) / 1000000000.0 AS cost_usd
FROM requests
GROUP BY date_trunc('day', time), login, device, agent, provider, model
