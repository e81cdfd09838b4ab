-- +++
-- title = "Planted leak"
-- severity = "high"
-- confidence = "high"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "The simulation planted a call that leaks a secret."
-- impact = "It stands for the signals of the family secrets."
-- false_positives = ["None; only the simulation makes such calls."]
-- next_steps = ["Nothing."]
-- references = []
-- tags = []
-- +++
SELECT login AS subject, 'A secret was leaked.' AS reason, time AS first_seen, time AS last_seen, CAST(1 AS BIGINT) AS count,
       session_id, login, make_array(evidence(export_key, record_id)) AS evidence
FROM history_tool_calls
WHERE tool = 'leak'
ORDER BY time, call_uid
