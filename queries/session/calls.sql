-- Tool calls as a session shows them, also where the call itself is counted for an earlier conversation.
WITH seen AS (
  SELECT s.element_id, s.part, s.raw_name, coalesce(k.kept_uid, s.call_uid) AS call_uid,
         row_number() OVER (PARTITION BY s.element_id, s.part ORDER BY s.time, s.export_key, coalesce(s.record_id, -1), s.call_uid) AS nth
  FROM lake.tool_calls s
  LEFT JOIN call_sightings k ON k.call_uid = s.call_uid AND k.export_key = s.export_key
  WHERE s.session_id = $id
)
SELECT s.element_id, s.part, s.raw_name, c.integration, c.tool, c.outcome, c.seconds_to_result, c.result_message_id
FROM seen s
LEFT JOIN history_tool_calls c ON c.call_uid = s.call_uid
WHERE s.nth = 1
ORDER BY s.element_id, s.part
