-- Where the words of a hunt stand in the window: in what was said, in what tools were called with, in definitions that
-- were offered, and among the normalised things that messages and calls name.
SELECT 'message' AS source, m.message_id AS source_id, m.role || ' ' || m.kind AS what, CAST(NULL AS TEXT) AS relation,
       m.text AS content, CAST(m.time AS BIGINT) AS time_micros, m.login, m.device, coalesce(g.agent, 'unknown') AS agent,
       m.session_id, m.conversation_id, m.export_key, m.record_id
FROM messages m
LEFT JOIN request_agents g
  ON g.export_key = m.export_key AND g.record_id = coalesce(m.record_id, -1) AND g.user_agent = coalesce(m.user_agent, '')
WHERE m.kind <> 'tool_call' AND regexp_like(m.text, $pattern)
UNION ALL
SELECT 'call', c.call_uid, c.integration || '/' || c.tool, NULL, c.raw_name || ' ' || c.integration || ' ' || c.tool || ' ' || c.arguments,
       CAST(c.time AS BIGINT), c.login, c.device, c.agent, c.session_id, c.conversation_id, c.export_key, c.record_id
FROM tool_calls c
WHERE regexp_like(c.arguments, $pattern) OR regexp_like(c.raw_name || ' ' || c.integration || ' ' || c.tool, $pattern)
UNION ALL
SELECT 'definition', d.definition_id, d.raw_name, 'offered',
       d.raw_name || ' ' || coalesce(d.server_url, '') || ' ' || coalesce(d.description, '') || ' ' || coalesce(d.schema, ''),
       CAST(o.first_seen AS BIGINT), o.login, o.device, o.agent, NULL, NULL, o.export_key, o.record_id
FROM (
  SELECT definition_id, raw_name, min(server_url) AS server_url, min(description) AS description, min(schema) AS schema
  FROM history_tool_definitions
  GROUP BY definition_id, raw_name
) d
JOIN tool_offers o ON o.definition_id = d.definition_id
WHERE regexp_like(d.raw_name || ' ' || coalesce(d.server_url, '') || ' ' || coalesce(d.description, '') || ' ' || coalesce(d.schema, ''), $pattern)
UNION ALL
SELECT e.source, e.source_id, e.role || ' ' || e.place, e.kind || ' ' || e.relation, e.value, CAST(e.time AS BIGINT), e.login, e.device,
       coalesce(e.agent, 'unknown'), e.session_id, e.conversation_id, e.export_key, e.record_id
FROM entities e
WHERE regexp_like(e.value, $pattern)
ORDER BY time_micros, export_key, record_id, source, source_id, relation, content
