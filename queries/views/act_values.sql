-- +++
-- doc = "What the arguments of such calls name: each value whole, and the addresses, accounts, paths and names in it."
-- materialise = true
-- [columns]
-- name = "Name of the argument; of several the one that names a receiver."
-- value = "The value."
-- kind = "What it is: a kind of `entities`, or `argument`."
-- addressed = "Whether it says where something goes: an address, an account, or the value of a parameter that names a receiver."
-- rank = "How much it says about what the call did, lowest first (`catalog_value_ranks`)."
-- [[case]]
-- name = "an address, a receiver and a text"
-- acting_calls = [
--   { call_uid = "c1", conversation_id = "c", seq = 1, position = 2, weak = false, arguments = '{"channel": "general", "recipient": "mark@evil.example", "text": "see mark@evil.example", "body": "mark@evil.example"}' },
-- ]
-- entities = [
--   { source = "call", source_id = "c1", place = "argument", name = "recipient", kind = "email", relation = "destination", value = "mark@evil.example" },
--   { source = "call", source_id = "c1", place = "argument", name = "body", kind = "email", relation = "mention", value = "mark@evil.example" },
-- ]
-- expect = [
--   { name = "recipient", value = "mark@evil.example", kind = "email", addressed = true, rank = 10 },
--   { value = "general", addressed = true, rank = 40 },
--   { value = "see mark@evil.example", addressed = false, rank = 100 },
-- ]
-- [[case]]
-- name = "an account, a path and a number"
-- acting_calls = [
--   { call_uid = "c1", conversation_id = "c", seq = 1, position = 2, weak = false, arguments = '{"iban": "DE89370400440532013000", "amount": 20, "attachment": "/tmp/bill.pdf"}' },
-- ]
-- entities = [
--   { source = "call", source_id = "c1", place = "argument", name = "iban", kind = "iban", relation = "destination", value = "DE89370400440532013000" },
--   { source = "call", source_id = "c1", place = "argument", name = "attachment", kind = "path", relation = "read", value = "/tmp/bill.pdf" },
-- ]
-- expect = [
--   { value = "DE89370400440532013000", kind = "iban", addressed = true, rank = 10 },
--   { value = "/tmp/bill.pdf", kind = "path", rank = 60 },
--   { value = "20", rank = 100 },
-- ]
-- [[case]]
-- name = "an empty argument, and what other calls and commands name"
-- acting_calls = [
--   { call_uid = "c1", conversation_id = "c", seq = 1, position = 2, weak = false, arguments = '{"note": " "}' },
-- ]
-- entities = [
--   { source = "call", source_id = "c2", place = "argument", name = "to", kind = "email", relation = "destination", value = "mark@evil.example" },
--   { source = "call", source_id = "c1", place = "command", name = "curl", kind = "host", relation = "destination", value = "evil.example" },
--   { source = "call", source_id = "c1", place = "argument", name = "note", kind = "hash", relation = "mention", value = "abc" },
-- ]
-- expect = []
-- +++
WITH receivers AS (
  SELECT regexp_replace(lower(parameter), '[^a-z]+', '', 'g') AS parameter FROM catalog_parameter_relations WHERE relation = 'destination' AND NOT path
  UNION
  SELECT word FROM catalog_tool_verbs WHERE source = 'parameter' AND role = 'object' AND capability = 'egress'
),
given AS (
  SELECT call_uid, v['name'] AS name, v['value'] AS value, 'argument' AS kind
  FROM (SELECT call_uid, unnest(argument_values(arguments)) AS v FROM acting_calls)
  UNION ALL
  SELECT a.call_uid, coalesce(e.name, '') AS name, e.value, e.kind
  FROM acting_calls a
  JOIN entities e ON e.source_id = a.call_uid
  WHERE e.source = 'call' AND e.place = 'argument' AND e.kind IN ('url', 'host', 'email', 'iban', 'wallet', 'repository', 'package', 'path')
)
SELECT a.call_uid, a.conversation_id, a.seq, a.position, a.weak, first_value(g.name ORDER BY r.parameter IS NULL, g.name) AS name, g.value,
       min(CASE WHEN g.kind = 'argument' THEN NULL ELSE g.kind END) AS kind,
       bool_or(g.kind IN ('url', 'host', 'email', 'iban', 'wallet') OR r.parameter IS NOT NULL) AS addressed,
       min(k.rank) AS rank
FROM given g
JOIN acting_calls a ON a.call_uid = g.call_uid
LEFT JOIN receivers r ON r.parameter = regexp_replace(lower(g.name), '[^a-z]+', '', 'g')
LEFT JOIN catalog_value_ranks k ON k.kind = g.kind OR (k.kind = 'receiver' AND r.parameter IS NOT NULL)
WHERE trim(g.value) <> ''
GROUP BY a.call_uid, a.conversation_id, a.seq, a.position, a.weak, g.value
