-- +++
-- doc = "Requests of the whole lake per UTC day, session, login, device, agent, provider and model."
-- materialise = true
-- [columns]
-- day = "Start of the day, UTC."
-- requests = "Requests."
-- failed_requests = "Requests whose outcome was not ok."
-- blocked_requests = "Requests that a guardrail stopped."
-- quota_requests = "Requests refused for lack of quota."
-- refused_requests = "Requests that the model refused."
-- bare_requests = "Requests without bodies, of which only metrics are known."
-- device_tags = "Tags of the device, sorted and joined by commas; empty for a person's device."
-- fresh_tokens = "Input tokens that no cache held, and output tokens."
-- cost_nano_usd = "Cost estimate in billionths of a dollar."
-- first_time = "Start of the first request."
-- last_time = "Start of the last request."
-- export_key = "Export of the first request."
-- record_id = "Record id of the first request."
-- +++
SELECT date_trunc('day', time) AS day, session_id, login, device, agent, provider, model, bool_or(shared_identity) AS shared_identity,
       coalesce(min(array_to_string(array_sort(tags), ',')), '') AS device_tags,
       count(*) AS requests, sum(CASE WHEN outcome = 'ok' THEN 0 ELSE 1 END) AS failed_requests,
       sum(CASE WHEN outcome = 'guardrail' THEN 1 ELSE 0 END) AS blocked_requests,
       sum(CASE WHEN outcome = 'quota' THEN 1 ELSE 0 END) AS quota_requests,
       sum(CASE WHEN s.refusal IS NOT NULL THEN 1 ELSE 0 END) AS refused_requests,
       sum(CASE WHEN content_grade = 'metrics_only' THEN 1 ELSE 0 END) AS bare_requests,
       coalesce(sum(input_tokens), 0) AS input_tokens, coalesce(sum(output_tokens), 0) AS output_tokens,
       coalesce(sum(cached_tokens), 0) AS cached_tokens, coalesce(sum(reasoning_tokens), 0) AS reasoning_tokens,
       coalesce(sum(web_searches), 0) AS web_searches,
       sum(greatest(coalesce(input_tokens, 0) - coalesce(cached_tokens, 0), 0) + coalesce(output_tokens, 0)) AS fresh_tokens,
       coalesce(sum(cost_nano_usd), 0) AS cost_nano_usd, min(time) AS first_time, max(time) AS last_time,
       first_value(export_key ORDER BY time, export_key, record_number) AS export_key,
       first_value(record_id ORDER BY time, export_key, record_number) AS record_id
FROM history_requests r
LEFT JOIN (SELECT stop_reason AS refusal FROM catalog_refusal_stops) s ON s.refusal = lower(r.stop_reason)
GROUP BY date_trunc('day', time), session_id, login, device, agent, provider, model
