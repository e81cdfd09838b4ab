-- Requests of one session, in order.
SELECT export_key, record_id, record_number, CAST(time AS BIGINT) AS time_micros, CAST(time_end AS BIGINT) AS end_micros, login, device,
       agent, agent_version, provider, model, outcome, status_code, error_type, stop_reason, duration_ms, input_tokens,
       output_tokens, cost_nano_usd, conversation_id, root_id, client_subagent, content_grade, messages_new, tools_offered, not_understood
FROM history_requests
WHERE session_id = $id
ORDER BY time, export_key, record_number
