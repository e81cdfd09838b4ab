-- +++
-- doc = "Values of calls that only the order of a tool result had named, and no user and no system prompt: who ordered what, and whether the user had asked for that kind of action."
-- materialise = true
-- [columns]
-- call_uid = "The call."
-- source_uid = "The call whose result holds the order."
-- name = "Name of the argument."
-- value = "The value."
-- rank = "How much it says about what the call did, lowest first."
-- sentence = "The order, as it was written but for white space, quoting and escapes."
-- marks = "How many independent marks of an injection stand around the order."
-- says = "What these marks mean, as the end of the sentence `that text …`."
-- in_order = "Whether the value stands in the order itself and not only near it."
-- unasked = "Whether the user had neither spoken of that kind of action nor handed the next steps over to what was read."
-- weak = "Whether the call is a command or a read, which what was read before often explains."
-- plain = "Whether the value is one ordinary word, which any two texts share, and no name, address, number, path or identifier."
-- +++
WITH words AS (
  SELECT word, unnest(kinds) AS kind FROM catalog_order_words WHERE role = 'verb'
),
leads AS (
  SELECT string_agg(word, '|' ORDER BY word) AS words FROM catalog_order_words WHERE role = 'lead'
),
-- An order opens a sentence or a clause, or follows words that lead orders in.
orders AS (
  SELECT w.kind,
         '(^[^a-z0-9]*|[,:;>)\]"''*!?-]\s*|\b(' || max(l.words) || ')\s*,?\s+)(' || string_agg(w.word, '|' ORDER BY w.word) || ')\b' AS pattern
  FROM words w
  CROSS JOIN leads l
  GROUP BY w.kind
),
act_kinds AS (
  SELECT DISTINCT a.call_uid, k.kind
  FROM acting_calls a
  JOIN (SELECT word, unnest(kinds) AS kind FROM catalog_order_words WHERE role IN ('verb', 'object')) k
    ON NOT a.executes AND regexp_like(a.words, ' (' || k.word || ')s? ')
),
-- A value that the user or the system prompt named before is theirs.
own AS (
  SELECT DISTINCT l.call_uid, l.value
  FROM (SELECT DISTINCT call_uid, conversation_id, position, value FROM linked_values) l
  JOIN messages m ON m.conversation_id = l.conversation_id
  CROSS JOIN (SELECT max(value) AS words FROM catalog_limits WHERE name = 'order_words') n
  WHERE m.role IN ('user', 'system') AND m.kind = 'text' AND m.position < l.position
    AND (mentions(m.text, l.value) OR shared_words(m.text, l.value, n.words) > 0)
),
foreign_values AS (
  SELECT l.* FROM linked_values l LEFT JOIN own o ON o.call_uid = l.call_uid AND o.value = l.value WHERE o.call_uid IS NULL
),
-- Whether the order asks for the kind of action that the call is.
ordered AS (
  SELECT DISTINCT f.call_uid, f.message_id, f.sentence
  FROM (SELECT DISTINCT call_uid, message_id, sentence, lower(sentence) AS lower_sentence FROM foreign_values) f
  LEFT JOIN act_kinds a ON a.call_uid = f.call_uid
  JOIN orders o ON (o.kind = a.kind OR a.kind IS NULL) AND regexp_like(f.lower_sentence, o.pattern)
)
SELECT f.call_uid, f.source_uid, f.name, f.value, f.rank, f.sentence, f.marks, f.says, f.in_order, NOT q.asked AS unasked, f.weak,
       regexp_like(trim(f.value), '^(\p{Lu}?[\p{Ll}\p{Lo}''’-]*|\p{Lu}+)$') AS plain
FROM foreign_values f
JOIN ordered o ON o.call_uid = f.call_uid AND o.message_id = f.message_id AND o.sentence = f.sentence
JOIN asked_calls q ON q.call_uid = f.call_uid
