-- +++
-- doc = "Every command in the shell calls of the lake, each call once, with the call's tool, position and outcome."
-- [columns]
-- agent = "Agent whose model asked."
-- integration = "What brings the tool."
-- tool = "Name of the tool without any server prefix."
-- seq = "Position of the call among the calls of its conversation, from 1."
-- outcome = "What came of the call: attempted, ok, error or refused."
-- +++
SELECT o.*, c.agent, c.integration, c.integration_kind, c.tool, c.seq, c.outcome
FROM lake.commands o
JOIN history_tool_calls c ON c.call_uid = o.call_uid AND c.export_key = o.export_key
