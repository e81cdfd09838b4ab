-- +++
-- doc = "What users say, or said before the window, in conversations with such calls, clause by clause, and whether a clause only asks for something to be read or answered."
-- materialise = true
-- [columns]
-- position = "Position of the message in its conversation."
-- clause = "The clause, as it was written."
-- reads = "Whether it only asks for something to be read, found or told."
-- hands_over = "Whether the message hands the next steps over to something that is to be read."
-- +++
WITH limits AS (
  SELECT max(value) AS max_chars FROM catalog_limits WHERE name = 'request_chars'
),
delegation AS (
  SELECT string_agg(pattern, '|' ORDER BY pattern) AS pattern FROM catalog_delegation_marks
),
reading AS (
  SELECT '^(' || string_agg(word, '|' ORDER BY word) FILTER (WHERE role = 'lead') || '|\s)*(' || string_agg(word, '|' ORDER BY word) FILTER (WHERE role = 'read') || ')\b' AS pattern
  FROM catalog_order_words
),
texts AS (
  SELECT m.conversation_id, m.position, m.message_id, m.part, left(m.text, l.max_chars) AS text
  FROM history_messages m
  CROSS JOIN limits l
  WHERE m.role = 'user' AND m.kind = 'text' AND m.conversation_id IN (SELECT conversation_id FROM acting_calls)
),
cut AS (
  SELECT t.conversation_id, t.position, t.message_id, t.part, regexp_like(lower(t.text), d.pattern) AS hands_over,
         unnest(string_to_array(regexp_replace(t.text, '[.!?;:,。！？；，、]+(\s|$)|\n|\s(and|then|to|or|but|so|und|dann|y|e|o|et|puis|ou|luego)\s', chr(31), 'gi'), chr(31))) AS clause
  FROM texts t
  CROSS JOIN delegation d
)
SELECT DISTINCT c.conversation_id, c.position, trim(c.clause) AS clause, regexp_like(lower(trim(c.clause)), r.pattern) AS reads, c.hands_over
FROM cut c
CROSS JOIN reading r
WHERE trim(c.clause) <> ''
