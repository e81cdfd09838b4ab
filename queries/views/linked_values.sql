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
  SELECT max(CASE name WHEN 'order_calls' THEN value END) AS max_calls, max(CASE name WHEN 'order_words' THEN value END) AS words
  FROM catalog_limits
),
near AS (
  SELECT g.call_uid, g.conversation_id, g.position, g.weak, g.name, g.value,
         p.call_uid AS source_uid, p.message_id, p.sentence, p.passage, p.marks, p.says,
         mentions(p.sentence, g.value) OR shared_words(p.sentence, g.value, l.words) > 0 AS in_order
  FROM act_values g
  JOIN order_passages p ON p.conversation_id = g.conversation_id
  CROSS JOIN limits l
  WHERE p.position < g.position AND g.seq - p.seq <= l.max_calls
)
SELECT call_uid, conversation_id, position, weak, name, value, source_uid, message_id, sentence, marks, says, in_order
FROM near
WHERE in_order OR (marks >= 2 AND length(value) >= 3 AND mentions(passage, value))
