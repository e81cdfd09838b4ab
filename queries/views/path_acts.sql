-- +++
-- doc = "Calls of the window that write files whose change lasts: what runs at login, what agents obey, what builds trust."
-- materialise = true
-- [columns]
-- path = "The file, in lower case."
-- act = "persist, agent-permissions, agent-rules or ci."
-- meaning = "What the file is."
-- content = "What is written, as far as the call shows it."
-- +++
WITH given AS (
  SELECT call_uid, arguments, unnest(argument_values(arguments)) AS v
  FROM calls
  WHERE state_change OR regexp_like(lower(tool), '(write|edit|create|replace|patch|append|insert|save|update)')
),
written AS (
  SELECT call_uid, lower(replace(v['value'], '\', '/')) AS path, arguments AS content
  FROM given
  WHERE regexp_like(lower(v['name']), 'path|file|name|target|uri') AND length(v['value']) < 400
  UNION
  SELECT call_uid, lower(unnest(writes)), text FROM commands
  UNION
  SELECT call_uid, lower(unnest(arguments)), text FROM commands WHERE program IN ('tee', 'cp', 'mv', 'install', 'ln', 'sed')
)
SELECT DISTINCT w.call_uid, w.path, m.act, m.meaning, w.content, c.export_key, c.record_id, c.time, c.login, c.device, c.session_id,
       c.conversation_id, c.position, c.agent, c.integration, c.tool, c.seq, c.outcome
FROM written w
JOIN catalog_path_marks m ON regexp_like(w.path, m.pattern)
JOIN calls c ON c.call_uid = w.call_uid
