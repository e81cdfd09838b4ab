-- +++
-- doc = "Of each call that did what a result of others says, the one result that is held for it: the one that says most, of equals the first."
-- materialise = true
-- derived = true
-- [columns]
-- call_uid = "The call."
-- source_uid = "The call whose result it is."
-- by_order = "Whether the result orders what the call did; else it only names a value that the call used."
-- name = "Name of the argument that tells most."
-- value = "Its value."
-- linked = "How many values of the call come from such results."
-- sentence = "The order, in plain lower-case text; null without one."
-- marks = "The most marks of an injection that stand around such an order."
-- says = "What the marks around the order mean, as the end of the sentence `that text …`."
-- unasked = "Whether the user had not spoken of that kind of action."
-- only_reading = "Whether all that the user had asked for was to read, find or tell something; null with an order."
-- addressed = "Whether a value names who gets something; null with an order."
-- +++
WITH orders AS (
  SELECT f.*, s.seq
  FROM followed_orders f
  JOIN calls s ON s.call_uid = f.source_uid
  WHERE (f.in_order AND f.marks >= 1)
     OR (f.in_order AND f.unasked AND NOT f.weak)
     OR (f.unasked AND f.marks >= 2)
),
names AS (
  SELECT * FROM borrowed_values WHERE only_reading OR (addressed AND NOT asked)
)
SELECT call_uid, true AS by_order,
       first_value(source_uid ORDER BY in_order DESC, marks DESC, rank NULLS LAST, length(value) DESC, seq, source_uid, value, sentence, name) AS source_uid,
       first_value(name ORDER BY in_order DESC, marks DESC, rank NULLS LAST, length(value) DESC, seq, source_uid, value, sentence, name) AS name,
       first_value(value ORDER BY in_order DESC, marks DESC, rank NULLS LAST, length(value) DESC, seq, source_uid, value, sentence, name) AS value,
       count(DISTINCT value) AS linked,
       first_value(sentence ORDER BY in_order DESC, marks DESC, rank NULLS LAST, length(value) DESC, seq, source_uid, value, sentence, name) AS sentence,
       max(marks) AS marks,
       first_value(says ORDER BY in_order DESC, marks DESC, rank NULLS LAST, length(value) DESC, seq, source_uid, value, sentence, name) AS says,
       bool_or(unasked) AS unasked, CAST(NULL AS BOOLEAN) AS only_reading, CAST(NULL AS BOOLEAN) AS addressed
FROM orders
GROUP BY call_uid
UNION ALL
SELECT call_uid, false AS by_order,
       first_value(source_uid ORDER BY addressed DESC, length(value) DESC, value, name) AS source_uid,
       first_value(name ORDER BY addressed DESC, length(value) DESC, value, name) AS name,
       first_value(value ORDER BY addressed DESC, length(value) DESC, value, name) AS value,
       count(*) AS linked,
       CAST(NULL AS VARCHAR) AS sentence, CAST(0 AS BIGINT) AS marks, '' AS says,
       bool_and(NOT asked) AS unasked, bool_or(only_reading) AS only_reading, bool_or(addressed) AS addressed
FROM names
GROUP BY call_uid
