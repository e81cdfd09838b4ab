-- +++
-- doc = "What the arguments of such calls name: each value whole, and the addresses, accounts, paths and names in it."
-- materialise = true
-- [columns]
-- name = "Name of the argument."
-- value = "The value."
-- kind = "What it is: a kind of `entities`, or `argument`."
-- addressed = "Whether it says where something goes: an address, an account, or the value of a parameter that names a receiver."
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
SELECT a.call_uid, a.conversation_id, a.seq, a.position, a.weak, min(g.name) AS name, g.value,
       min(CASE WHEN g.kind = 'argument' THEN NULL ELSE g.kind END) AS kind,
       bool_or(g.kind IN ('url', 'host', 'email', 'iban', 'wallet') OR r.parameter IS NOT NULL) AS addressed
FROM given g
JOIN acting_calls a ON a.call_uid = g.call_uid
LEFT JOIN receivers r ON r.parameter = regexp_replace(lower(g.name), '[^a-z]+', '', 'g')
WHERE trim(g.value) <> ''
GROUP BY a.call_uid, a.conversation_id, a.seq, a.position, a.weak, g.value
