-- +++
-- doc = "What users say, or said before the window, in conversations with such calls, clause by clause, and whether a clause only asks for something to be read or answered."
-- materialise = true
-- [columns]
-- position = "Position of the message in its conversation."
-- clause = "The clause, as it was written."
-- reads = "Whether it only asks for something to be read, found or told."
-- hands_over = "Whether the message hands the next steps over to something that is to be read."
-- [[case]]
-- name = "orders, a question, and what belongs to a question"
-- acting_calls = [ { call_uid = "c1", conversation_id = "c" } ]
-- user_texts = [
--   { message_id = "m1", conversation_id = "c", position = 1, part = 0, text = "Read the mail and send it to Bo. Is there anything I need to prepare?" },
--   { message_id = "m2", conversation_id = "c", position = 3, part = 0, text = "tell me what to change" },
-- ]
-- expect = [
--   { position = 1, clause = "Read the mail", reads = true, hands_over = false },
--   { position = 1, clause = "send it", reads = false },
--   { position = 1, clause = "Bo", reads = false },
--   { position = 1, clause = "Is there anything I need to prepare", reads = true },
--   { position = 3, clause = "tell me what to change", reads = true },
-- ]
-- [[case]]
-- name = "what has to be done is still a request"
-- acting_calls = [ { call_uid = "c1", conversation_id = "c" } ]
-- user_texts = [ { message_id = "m1", conversation_id = "c", position = 1, part = 0, text = "I need to send the report" } ]
-- expect = [ { clause = "I need to send the report", reads = false } ]
-- [[case]]
-- name = "another conversation"
-- acting_calls = [ { call_uid = "c1", conversation_id = "c" } ]
-- user_texts = [ { message_id = "m1", conversation_id = "d", position = 1, part = 0, text = "Send it." } ]
-- expect = []
-- +++
WITH limits AS (
  SELECT max(value) AS max_chars FROM catalog_limits WHERE name = 'request_chars'
),
delegation AS (
  SELECT string_agg(pattern, '|' ORDER BY pattern) AS pattern FROM catalog_delegation_marks
),
-- `What I have to pay` is one clause: what follows the `to` is no request of its own.
held AS (
  SELECT '\b(' || string_agg(word, '|' ORDER BY word) || ')\s+to\s' AS pattern FROM catalog_order_words WHERE role = 'open'
),
reading AS (
  SELECT '^(' || string_agg(word, '|' ORDER BY word) FILTER (WHERE role = 'lead') || '|\s)*(' || string_agg(word, '|' ORDER BY word) FILTER (WHERE role = 'read') || ')\b' AS pattern
  FROM catalog_order_words
),
texts AS (
  SELECT m.conversation_id, m.position, m.message_id, m.part, left(m.text, l.max_chars) AS text
  FROM user_texts m
  CROSS JOIN limits l
  WHERE m.conversation_id IN (SELECT conversation_id FROM acting_calls)
),
cut AS (
  SELECT t.conversation_id, t.position, t.message_id, t.part, regexp_like(lower(t.text), d.pattern) AS hands_over,
         unnest(string_to_array(regexp_replace(regexp_replace(t.text, h.pattern, '\1' || chr(30), 'gi'), '[.!?;:,。！？；，、]+(\s|$)|\n|\s(and|then|to|or|but|so|und|dann|y|e|o|et|puis|ou|luego)\s', chr(31), 'gi'), chr(31))) AS clause
  FROM texts t
  CROSS JOIN delegation d
  CROSS JOIN held h
)
SELECT DISTINCT c.conversation_id, c.position, c.clause, regexp_like(lower(c.clause), r.pattern) AS reads, c.hands_over
FROM (SELECT conversation_id, position, hands_over, replace(trim(clause), chr(30), ' to ') AS clause FROM cut) c
CROSS JOIN reading r
WHERE c.clause <> ''
