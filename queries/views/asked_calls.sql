-- +++
-- doc = "Each such call with what the user had asked for before it."
-- materialise = true
-- [columns]
-- asked = "Whether the user had spoken of that kind of action, or handed the next steps over to what was read."
-- only_reading = "Whether all that the user had asked for was to read, find or tell something."
-- +++
WITH words AS (
  SELECT role, word, unnest(kinds) AS kind FROM catalog_order_words WHERE role IN ('verb', 'object', 'request')
),
kinds AS (
  SELECT kind, '\b(' || string_agg(word, '|' ORDER BY word) || ')\b' AS said FROM words WHERE role <> 'object' GROUP BY kind
),
any_kind AS (
  SELECT '\b(' || string_agg(word, '|' ORDER BY word) || ')\b' AS said FROM catalog_order_words WHERE role IN ('verb', 'request')
),
act_kinds AS (
  SELECT DISTINCT a.call_uid, w.kind
  FROM acting_calls a
  JOIN words w ON w.role <> 'request' AND NOT a.executes AND regexp_like(a.words, ' (' || w.word || ')s? ')
),
told AS (
  SELECT '^(' || string_agg(word, '|' ORDER BY word) FILTER (WHERE role = 'statement') || ')\b' AS statement,
         '\b(' || string_agg(word, '|' ORDER BY word) FILTER (WHERE role = 'modal') || ')\b' AS modal
  FROM catalog_order_words
),
-- `The nightly drop fails` asks for nothing.
clauses AS (
  SELECT conversation_id, position, lower(clause) AS clause, hands_over,
         reads OR (regexp_like(lower(clause), t.statement) AND NOT regexp_like(lower(clause), t.modal)) AS reads
  FROM request_clauses
  CROSS JOIN told t
),
said AS (
  SELECT c.conversation_id, c.position, k.kind
  FROM clauses c
  JOIN kinds k ON NOT c.reads AND regexp_like(c.clause, k.said)
  UNION
  SELECT c.conversation_id, c.position, NULL
  FROM clauses c
  CROSS JOIN any_kind k
  WHERE c.hands_over OR (NOT c.reads AND regexp_like(c.clause, k.said))
),
handed AS (
  SELECT conversation_id, min(position) AS position FROM request_clauses WHERE hands_over GROUP BY conversation_id
),
asked AS (
  SELECT DISTINCT a.call_uid
  FROM acting_calls a
  LEFT JOIN act_kinds k ON k.call_uid = a.call_uid
  JOIN said s ON s.conversation_id = a.conversation_id AND s.position < a.position AND (s.kind = k.kind OR (k.kind IS NULL AND s.kind IS NULL))
),
wanted AS (
  SELECT a.call_uid, bool_or(c.reads) AS reads, bool_or(s.conversation_id IS NOT NULL) AS acts
  FROM acting_calls a
  JOIN request_clauses c ON c.conversation_id = a.conversation_id AND c.position < a.position
  LEFT JOIN (SELECT DISTINCT conversation_id, position FROM said) s ON s.conversation_id = c.conversation_id AND s.position = c.position
  GROUP BY a.call_uid
)
SELECT a.call_uid, q.call_uid IS NOT NULL OR coalesce(h.position < a.position, false) AS asked,
       coalesce(w.reads AND NOT w.acts, false) AS only_reading
FROM acting_calls a
LEFT JOIN asked q ON q.call_uid = a.call_uid
LEFT JOIN handed h ON h.conversation_id = a.conversation_id
LEFT JOIN wanted w ON w.call_uid = a.call_uid
