-- +++
-- doc = "What persons wrote to agents, or wrote before the window, in conversations with calls that can do something: the texts of users without what clients put into them."
-- materialise = true
-- derived = true
-- [columns]
-- position = "Position of the message in its conversation."
-- part = "Position of the block in its message, from 0."
-- asked_id = "`content_id` that the prompt in the text would have by itself, where a client puts tags or white space around it; null where it stands alone."
-- text = "The text; what clients write (`catalog_client_texts`) is replaced by a blank. Never empty."
-- [[case]]
-- name = "a reminder before the words of a person, and one that is all there is"
-- path_acts = [ { call_uid = "c1", conversation_id = "c" } ]
-- history_messages = [
--   { message_id = "m1", conversation_id = "c", position = 1, part = 0, role = "user", kind = "text", text = "<system-reminder>\nAs you answer the user's questions, you can use CLAUDE.md.\n</system-reminder>\n\nwhat does OPS-7 say?" },
--   { message_id = "m2", conversation_id = "c", position = 3, part = 0, role = "user", kind = "text", text = "<environment_context>\n<cwd>/srv</cwd>\n</environment_context>" },
-- ]
-- expect = [ { message_id = "m1", position = 1, text = "what does OPS-7 say?" } ]
-- [[case]]
-- name = "a reminder that never ends, and two in one text"
-- command_acts = [ { call_uid = "c1", conversation_id = "c" } ]
-- history_messages = [
--   { message_id = "m1", conversation_id = "c", position = 1, part = 0, role = "user", kind = "text", text = "go on <system-reminder> never mind" },
--   { message_id = "m2", conversation_id = "c", position = 3, part = 0, role = "user", kind = "text", text = "<system-reminder>a</system-reminder>stop<system-reminder>b</system-reminder>" },
-- ]
-- expect = [ { message_id = "m1", text = "go on" }, { message_id = "m2", text = "stop" } ]
-- [[case]]
-- name = "what else stands in a conversation, and one without such calls"
-- acting_calls = [ { call_uid = "c1", conversation_id = "c" } ]
-- history_messages = [
--   { message_id = "m1", conversation_id = "c", position = 1, part = 0, role = "assistant", kind = "text", text = "I send it" },
--   { message_id = "m2", conversation_id = "c", position = 2, part = 0, role = "user", kind = "tool_result", text = "send it" },
--   { message_id = "m3", conversation_id = "c", position = 3, part = 0, role = "system", kind = "text", text = "send it" },
--   { message_id = "m4", conversation_id = "d", position = 1, part = 0, role = "user", kind = "text", text = "send it" },
-- ]
-- expect = []
-- +++
WITH acted AS (
  SELECT conversation_id FROM acting_calls
  UNION
  SELECT conversation_id FROM command_acts
  UNION
  SELECT conversation_id FROM path_acts
),
client AS (
  SELECT '(' || string_agg(pattern, ')|(' ORDER BY pattern) || ')' AS pattern FROM catalog_client_texts
),
cut AS (
  SELECT m.message_id, m.content_id, m.asked_id, m.conversation_id, m.session_id, m.position, m.part, m.time, m.export_key, m.record_id,
         trim(regexp_replace(m.text, c.pattern, ' ', 'g'), E' \n\r\t') AS text
  FROM history_messages m
  CROSS JOIN client c
  WHERE m.role = 'user' AND m.kind = 'text' AND m.conversation_id IN (SELECT conversation_id FROM acted)
)
SELECT * FROM cut WHERE text <> ''
