-- +++
-- doc = "Calls of the window that write files whose change lasts: what runs at login, what agents obey, what builds trust."
-- materialise = true
-- [columns]
-- path = "The file, in lower case."
-- act = "persistence, agent-config, agent-rules, ci or supply-chain: the kind of `catalog_paths`."
-- meaning = "What the file is."
-- content = "What is written, as far as the call shows it."
-- +++
SELECT c.call_uid, lower(e.value) AS path, p.kind AS act, min(p.reason) AS meaning, c.arguments AS content, c.export_key, c.record_id, c.time,
       c.login, c.device, c.session_id, c.conversation_id, c.position, c.agent, c.integration, c.tool, c.seq, c.outcome
FROM entities e
JOIN catalog_paths p ON p.relation = 'write' AND regexp_like(e.value, p.pattern)
JOIN calls c ON c.call_uid = e.source_id
WHERE e.source = 'call' AND e.kind = 'path' AND e.relation = 'write'
GROUP BY c.call_uid, lower(e.value), p.kind, c.arguments, c.export_key, c.record_id, c.time, c.login, c.device, c.session_id, c.conversation_id,
         c.position, c.agent, c.integration, c.tool, c.seq, c.outcome
