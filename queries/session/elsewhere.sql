-- Other sessions that hold the earlier part of this session's conversations.
WITH mine AS (
  SELECT DISTINCT conversation_id FROM lake.requests WHERE session_id = $id
)
SELECT m.conversation_id, m.session_id, count(DISTINCT m.element_id) AS messages
FROM lake.messages m
JOIN mine ON mine.conversation_id = m.conversation_id
WHERE m.session_id <> $id
GROUP BY m.conversation_id, m.session_id
ORDER BY m.conversation_id, m.session_id
