-- +++
-- doc = "What the arguments of a call say that it does: one row per call and capability, from its commands and paths."
-- materialise = true
-- [columns]
-- call_uid = "The call."
-- capability = "A capability of tools, or network, publish, catastrophic, encode or executes_download."
-- reason = "Why, a finished sentence."
-- +++
WITH
-- Deleting what builds make is no loss.
deletions AS (
  SELECT e.source_id AS call_uid,
         bool_and(coalesce(regexp_like(e.value, (SELECT string_agg(pattern, '|' ORDER BY pattern) FROM catalog_paths WHERE kind = 'harmless')), false)) AS harmless
  FROM lake.entities e
  WHERE e.source = 'call' AND e.kind = 'path' AND e.relation = 'delete'
  GROUP BY e.source_id
),
addresses AS (
  SELECT e.source_id AS call_uid,
         bool_and(e.value = 'localhost' OR e.value LIKE '127.%' OR e.value = '::1' OR e.value = '0.0.0.0' OR e.value LIKE '%.localhost') AS is_local
  FROM lake.entities e
  WHERE e.source = 'call' AND e.kind IN ('host', 'ip') AND e.place = 'command' AND e.relation IN ('source', 'destination')
  GROUP BY e.source_id
),
words AS (
  SELECT call_uid, nth, program, coalesce(subcommand, '') AS subcommand, array_to_string(flags, ' ') AS flags,
         array_to_string(arguments, ' ') AS words, text
  FROM lake.commands
),
by_command AS (
  SELECT c.call_uid, k.capability, c.nth,
         'the command `' || left(c.text, 80) || CASE WHEN length(c.text) > 80 THEN '…' ELSE '' END || '` ' || k.reason AS reason
  FROM words c
  JOIN catalog_commands k ON k.program = c.program AND (k.subcommand = '' OR k.subcommand = c.subcommand)
  LEFT JOIN deletions d ON d.call_uid = c.call_uid
  LEFT JOIN addresses a ON a.call_uid = c.call_uid
  WHERE (k.flags = '' OR regexp_like(c.flags, k.flags))
    AND (k.words = '' OR regexp_like(c.words, k.words))
    AND NOT (k.capability = 'destructive' AND k.reason LIKE 'deletes %' AND coalesce(d.harmless, false))
    AND NOT (k.capability IN ('network', 'egress', 'untrusted') AND coalesce(a.is_local, false))
),
by_path AS (
  SELECT e.source_id AS call_uid, p.capability, CAST(0 AS BIGINT) AS nth,
         CASE e.relation WHEN 'read' THEN 'it reads ' ELSE 'it writes ' END || left(e.value, 120) || ', ' || p.reason AS reason
  FROM lake.entities e
  JOIN catalog_paths p ON p.relation = e.relation AND p.capability <> '' AND regexp_like(e.value, p.pattern)
  WHERE e.source = 'call' AND e.kind = 'path'
    -- Templates and keys that are public are made to be read.
    AND NOT coalesce(regexp_like(e.value, (SELECT string_agg(pattern, '|' ORDER BY pattern) FROM catalog_paths WHERE kind = 'public')), false)
),
-- A program that changes nothing can write through a redirection.
by_redirection AS (
  SELECT call_uid, 'state_change' AS capability, nth, 'the command `' || left(text, 80) || '` writes a file' AS reason
  FROM lake.commands
  WHERE cardinality(writes) > 0 AND NOT array_has_all(make_array('/dev/null', '/dev/stderr', '/dev/stdout'), writes)
),
facts AS (
  SELECT * FROM by_command
  UNION ALL
  SELECT * FROM by_path
  UNION ALL
  SELECT * FROM by_redirection
)
SELECT call_uid, capability, first_value(reason ORDER BY nth, reason) AS reason
FROM facts
GROUP BY call_uid, capability
