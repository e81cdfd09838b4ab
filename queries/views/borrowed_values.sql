-- +++
-- doc = "Values of calls that send or change something, which a result with third-party text named first, and no user, no system prompt and no other tool."
-- materialise = true
-- [columns]
-- name = "Name of the argument."
-- kind = "What the value is: a kind of `entities`; null for other words."
-- addressed = "Whether it says where something goes."
-- source_uid = "The call whose result named it first."
-- only_reading = "Whether all that the user had asked for was to read, find or tell something."
-- asked = "Whether the user had spoken of that kind of action."
-- +++
WITH limits AS (
  SELECT max(CASE name WHEN 'value_chars_min' THEN value END) AS min_chars, max(CASE name WHEN 'value_chars_max' THEN value END) AS max_chars,
         max(CASE name WHEN 'order_calls' THEN value END) AS max_calls, max(CASE name WHEN 'name_words' THEN value END) AS max_words
  FROM catalog_limits
),
wanted AS (
  SELECT v.*, q.asked, q.only_reading, l.max_calls
  FROM act_values v
  JOIN asked_calls q ON q.call_uid = v.call_uid
  CROSS JOIN limits l
  -- Amounts, dates and counts are no names, and which files an agent works on follows from what it read.
  WHERE NOT v.weak AND coalesce(v.kind NOT IN ('path', 'package'), true) AND (NOT q.asked OR q.only_reading) AND length(v.value) BETWEEN l.min_chars AND l.max_chars
    -- Whole sentences are copied for many reasons; names are not.
    AND (v.addressed OR cardinality(string_to_array(trim(v.value), ' ')) <= l.max_words)
    AND NOT regexp_like(v.value, '^[-+]?[0-9]{1,5}$|^[-+]?[0-9]+[.,: /-][0-9.,: /-]*$')
),
results AS (
  SELECT c.call_uid, c.conversation_id, c.seq, m.position, m.text,
         coalesce(c.untrusted, false) AS foreign
  FROM history_calls c
  JOIN history_messages m ON m.message_id = c.result_message_id
  WHERE c.conversation_id IN (SELECT conversation_id FROM wanted)
),
named AS (
  SELECT v.call_uid, v.value, first_value(r.call_uid ORDER BY r.position, r.call_uid) AS source_uid, bool_and(r.foreign) AS foreign
  FROM wanted v
  JOIN results r ON r.conversation_id = v.conversation_id
  WHERE r.position < v.position AND v.seq - r.seq <= v.max_calls AND mentions(r.text, v.value)
  GROUP BY v.call_uid, v.value
),
own AS (
  SELECT DISTINCT v.call_uid, v.value
  FROM wanted v
  JOIN history_messages m ON m.conversation_id = v.conversation_id
  WHERE m.role IN ('user', 'system') AND m.kind = 'text' AND m.position < v.position AND mentions(m.text, v.value)
)
SELECT v.call_uid, v.conversation_id, v.name, v.value, v.kind, v.addressed, n.source_uid, v.only_reading, v.asked
FROM wanted v
JOIN named n ON n.call_uid = v.call_uid AND n.value = v.value
LEFT JOIN own o ON o.call_uid = v.call_uid AND o.value = v.value
WHERE n.foreign AND o.call_uid IS NULL
