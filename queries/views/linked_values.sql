-- +++
-- doc = "Values in the arguments of calls that leave a trace, found again in or near an order of an earlier result."
-- materialise = true
-- [columns]
-- weak = "Whether the call is a command or a read, which what was read before often explains."
-- name = "Name of the argument."
-- value = "The value."
-- source_uid = "The call whose result holds the order."
-- sentence = "The order, in plain lower-case text."
-- marks = "How many independent marks of an injection stand around the order."
-- says = "What these marks mean, as the end of the sentence `that text …`."
-- in_order = "Whether the value, or a run of its words, stands in the order itself and not only near it."
-- +++
WITH limits AS (
  SELECT max(CASE name WHEN 'order_calls' THEN value END) AS max_calls, max(CASE name WHEN 'order_words' THEN value END) AS words,
         max(CASE name WHEN 'order_marks' THEN value END) AS min_marks, max(CASE name WHEN 'near_chars_min' THEN value END) AS min_chars
  FROM catalog_limits
),
paths AS (
  SELECT source_id AS call_uid, conversation_id, value, relation FROM entities WHERE source = 'call' AND kind = 'path' AND relation IN ('read', 'write')
),
-- An edit holds what stood in the file before.
edits AS (
  SELECT DISTINCT w.call_uid, r.call_uid AS source_uid
  FROM paths w
  JOIN paths r ON r.conversation_id = w.conversation_id AND r.value = w.value
  WHERE w.relation = 'write' AND r.relation = 'read'
),
near AS (
  SELECT g.call_uid, g.conversation_id, g.position, g.weak, g.name, g.value,
         p.call_uid AS source_uid, p.message_id, p.sentence, p.passage, p.marks, p.says, l.min_marks, l.min_chars,
         mentions(p.sentence, g.value) OR shared_words(p.sentence, g.value, l.words) > 0 AS in_order
  FROM act_values g
  JOIN order_passages p ON p.conversation_id = g.conversation_id
  CROSS JOIN limits l
  WHERE p.position < g.position AND g.seq - p.seq <= l.max_calls
    -- Numbers stand in every text; with a command or a read they link nothing.
    AND NOT (g.weak AND regexp_like(g.value, '^[-+]?[0-9]{1,5}$'))
)
SELECT n.call_uid, n.conversation_id, n.position, n.weak, n.name, n.value, n.source_uid, n.message_id, n.sentence, n.marks, n.says, n.in_order
FROM near n
LEFT JOIN edits e ON e.call_uid = n.call_uid AND e.source_uid = n.source_uid
WHERE (n.in_order OR (n.marks >= n.min_marks AND length(n.value) >= n.min_chars AND mentions(n.passage, n.value)))
  AND (e.call_uid IS NULL OR n.marks >= n.min_marks)
