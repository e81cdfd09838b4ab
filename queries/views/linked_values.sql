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
-- Calls that leave a trace. Commands and reads of an address are often explained by what was read before, so they need more.
WITH acts AS (
  SELECT call_uid, conversation_id, position, seq, arguments,
         coalesce(executes, true) OR NOT coalesce(egress OR state_change OR destructive, false) AS weak
  FROM calls
  WHERE egress OR state_change OR destructive OR install OR persistence OR guard_off OR label_source = 'none'
     OR (untrusted AND regexp_like(arguments, '://|www\.'))
),
given AS (
  SELECT call_uid, conversation_id, seq, position, weak, unnest(argument_values(arguments)) AS v FROM acts
)
SELECT g.call_uid, g.conversation_id, g.position, g.weak, g.v['name'] AS name, g.v['value'] AS value,
       p.call_uid AS source_uid, p.message_id, p.sentence, p.marks, p.says,
       mentions(p.sentence, g.v['value']) OR shared_words(p.sentence, g.v['value'], 5) > 0 AS in_order
FROM given g
JOIN order_passages p ON p.conversation_id = g.conversation_id
WHERE p.position < g.position AND g.seq - p.seq <= 60
  AND (mentions(p.sentence, g.v['value'])
    OR shared_words(p.sentence, g.v['value'], 5) > 0
    OR (p.marks >= 2 AND length(g.v['value']) >= 3 AND mentions(p.passage, g.v['value'])))
