-- What a session added to its conversations, in order, each piece once.
SELECT message_id, element_id, content_id, export_key, record_id, CAST(time AS BIGINT) AS time_micros,
       CAST(last_sent AS BIGINT) AS last_sent_micros, sent_again, conversation_id, position, part, role, kind, text, bytes, direction, call_id
FROM history_messages
WHERE session_id = $id
ORDER BY time, export_key, coalesce(record_id, -1), conversation_id, position, part, message_id
