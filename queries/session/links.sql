-- What a session comes from, what it began, and its pauses.
SELECT session_id, conversation_id, relation, evidence, from_session_id, from_conversation_id, call_uid, tool,
       CAST(time AS BIGINT) AS time_micros, pause_minutes
FROM session_links
WHERE session_id = $id OR from_session_id = $id
ORDER BY time, relation, evidence, session_id, conversation_id
