-- +++
-- doc = "Every tool call of the lake with what it can do. A capability that depends on the arguments is read from them, and is null where they do not tell."
-- materialise = true
-- [columns]
-- untrusted = "Returns text that third parties wrote."
-- private = "Reads private data."
-- secret = "Reads credentials."
-- egress = "Sends data out."
-- state_change = "Changes state."
-- destructive = "Removes or overwrites data."
-- install = "Installs software."
-- persistence = "Leaves something behind that acts in later sessions."
-- guard_off = "Switches a protection off."
-- executes = "Runs commands or code."
-- capabilities = "The capabilities that are certain of the call, sorted."
-- source_only = "Whether all files that its arguments name are source code, by `catalog_paths`."
-- actions = "What its commands and paths do beyond that: network, publish, catastrophic, encode, executes_download."
-- label_source = "Where the labels of the tool come from: organisation, catalogue, words, or none."
-- [[case]]
-- name = "an unknown tool reads source code"
-- history_tool_calls = [
--   { call_uid = "c1", conversation_id = "c", integration = "client-defined", integration_kind = "client-defined", tool = "read_file", time = 2026-03-01T09:00:00Z },
-- ]
-- tool_labels = [
--   { integration = "client-defined", tool = "read_file", untrusted = true, private = true, label_source = "words" },
-- ]
-- "lake.entities" = [
--   { source_id = "c1", source = "call", kind = "path", place = "argument", relation = "read", value = "~/src/a/main.py" },
-- ]
-- expect = [
--   { source_only = true, untrusted = false, private = false },
-- ]
-- [[case]]
-- name = "an unknown tool reads a text"
-- history_tool_calls = [
--   { call_uid = "c1", conversation_id = "c", integration = "client-defined", integration_kind = "client-defined", tool = "read_file", time = 2026-03-01T09:00:00Z },
-- ]
-- tool_labels = [
--   { integration = "client-defined", tool = "read_file", untrusted = true, private = true, label_source = "words" },
-- ]
-- "lake.entities" = [
--   { source_id = "c1", source = "call", kind = "path", place = "argument", relation = "read", value = "bill-december-2023.txt" },
-- ]
-- expect = [
--   { source_only = false, untrusted = true, private = true },
-- ]
-- [[case]]
-- name = "one of two files is a text"
-- history_tool_calls = [
--   { call_uid = "c1", conversation_id = "c", integration = "client-defined", integration_kind = "client-defined", tool = "read_file", time = 2026-03-01T09:00:00Z },
-- ]
-- tool_labels = [
--   { integration = "client-defined", tool = "read_file", untrusted = true, private = true, label_source = "words" },
-- ]
-- "lake.entities" = [
--   { source_id = "c1", source = "call", kind = "path", place = "argument", relation = "read", value = "~/src/a/main.py" },
--   { source_id = "c1", source = "call", kind = "path", place = "argument", relation = "read", value = "~/src/a/README.md" },
-- ]
-- expect = [
--   { source_only = false, untrusted = true },
-- ]
-- [[case]]
-- name = "a server returns source code of others"
-- history_tool_calls = [
--   { call_uid = "c1", conversation_id = "c", integration = "forge", integration_kind = "mcp", tool = "read_file", time = 2026-03-01T09:00:00Z },
-- ]
-- tool_labels = [
--   { integration = "forge", tool = "read_file", untrusted = true, private = true, label_source = "words" },
-- ]
-- "lake.entities" = [
--   { source_id = "c1", source = "call", kind = "path", place = "argument", relation = "read", value = "src/main.py" },
-- ]
-- expect = [
--   { source_only = true, untrusted = true },
-- ]
-- [[case]]
-- name = "what the organisation says stays"
-- history_tool_calls = [
--   { call_uid = "c1", conversation_id = "c", integration = "client-defined", integration_kind = "client-defined", tool = "read_file", time = 2026-03-01T09:00:00Z },
-- ]
-- tool_labels = [
--   { integration = "client-defined", tool = "read_file", untrusted = true, private = true, label_source = "organisation" },
-- ]
-- "lake.entities" = [
--   { source_id = "c1", source = "call", kind = "path", place = "argument", relation = "read", value = "~/src/a/main.py" },
-- ]
-- expect = [
--   { source_only = true, untrusted = true },
-- ]
-- [[case]]
-- name = "the arguments name a file that a guess by words knows nothing of"
-- history_tool_calls = [
--   { call_uid = "c1", conversation_id = "c", integration = "client-defined", integration_kind = "client-defined", tool = "read_file", time = 2026-03-01T09:00:00Z },
--   { call_uid = "c2", conversation_id = "c", integration = "client-defined", integration_kind = "client-defined", tool = "edit_file", time = 2026-03-01T09:01:00Z },
-- ]
-- tool_labels = [
--   { integration = "client-defined", tool = "read_file", secret = false, persistence = false, guard_off = false, label_source = "words" },
--   { integration = "client-defined", tool = "edit_file", secret = false, persistence = false, guard_off = false, label_source = "words" },
-- ]
-- call_facts = [
--   { call_uid = "c1", capability = "secret", reason = "reads AWS credentials" },
--   { call_uid = "c2", capability = "guard_off", reason = "writes an agent's settings" },
-- ]
-- expect = [
--   { call_uid = "c1", secret = true, secret_reason = "reads AWS credentials", guard_off = false },
--   { call_uid = "c2", secret = false, guard_off = true, guard_off_reason = "writes an agent's settings" },
-- ]
-- [[case]]
-- name = "what the catalogue denies stays denied"
-- history_tool_calls = [
--   { call_uid = "c1", conversation_id = "c", integration = "notes", integration_kind = "mcp", tool = "read", time = 2026-03-01T09:00:00Z },
-- ]
-- tool_labels = [ { integration = "notes", tool = "read", secret = false, label_source = "catalogue" } ]
-- call_facts = [ { call_uid = "c1", capability = "secret", reason = "reads AWS credentials" } ]
-- expect = [ { call_uid = "c1", secret = false } ]
-- +++
WITH facts AS (
  SELECT call_uid,
         bool_or(capability = 'untrusted') AS untrusted, max(CASE WHEN capability = 'untrusted' THEN reason END) AS untrusted_reason,
         bool_or(capability = 'private') AS private, max(CASE WHEN capability = 'private' THEN reason END) AS private_reason,
         bool_or(capability = 'secret') AS secret, max(CASE WHEN capability = 'secret' THEN reason END) AS secret_reason,
         bool_or(capability = 'egress') AS egress, max(CASE WHEN capability = 'egress' THEN reason END) AS egress_reason,
         bool_or(capability = 'state_change') AS state_change, max(CASE WHEN capability = 'state_change' THEN reason END) AS state_change_reason,
         bool_or(capability = 'destructive') AS destructive, max(CASE WHEN capability = 'destructive' THEN reason END) AS destructive_reason,
         bool_or(capability = 'install') AS install, max(CASE WHEN capability = 'install' THEN reason END) AS install_reason,
         bool_or(capability = 'persistence') AS persistence, max(CASE WHEN capability = 'persistence' THEN reason END) AS persistence_reason,
         bool_or(capability = 'guard_off') AS guard_off, max(CASE WHEN capability = 'guard_off' THEN reason END) AS guard_off_reason,
         array_agg(capability ORDER BY capability)
           FILTER (WHERE capability IN ('network', 'publish', 'catastrophic', 'encode', 'executes_download')) AS actions
  FROM call_facts
  GROUP BY call_uid
),
-- Calls whose arguments were understood: what they do not show, they do not do.
understood AS (
  SELECT call_uid, bool_and(parsed) AS parsed FROM lake.commands GROUP BY call_uid
  UNION ALL
  SELECT source_id, true FROM lake.entities e
  WHERE source = 'call' AND kind = 'path' AND place = 'argument' AND relation <> 'mention'
    AND NOT EXISTS (SELECT 1 FROM lake.commands k WHERE k.call_uid = e.source_id)
  GROUP BY source_id
),
known AS (
  SELECT call_uid, bool_and(parsed) AS parsed FROM understood GROUP BY call_uid
),
sources AS (
  SELECT e.source_id AS call_uid
  FROM lake.entities e
  CROSS JOIN (SELECT string_agg(pattern, '|' ORDER BY pattern) AS pattern FROM catalog_paths WHERE kind = 'source') s
  WHERE e.source = 'call' AND e.kind = 'path' AND e.place = 'argument' AND e.relation <> 'mention'
  GROUP BY e.source_id
  HAVING bool_and(regexp_like(e.value, s.pattern))
),
labelled AS (
  SELECT c.*, s.call_uid IS NOT NULL AS source_only,
         -- Source code is text for machines: what an agent's own tool reads of it is neither anybody's letter nor private.
         -- A name without a word for it says nothing against the file that the arguments name.
         l.label_source IN ('words', 'none') AS guessed,
         CASE WHEN g.call_uid IS NULL THEN l.untrusted END AS label_untrusted, CASE WHEN g.call_uid IS NULL THEN l.private END AS label_private
  FROM history_tool_calls c
  LEFT JOIN tool_labels l ON l.integration = c.integration AND l.tool = c.tool
  LEFT JOIN sources s ON s.call_uid = c.call_uid
  LEFT JOIN sources g ON g.call_uid = c.call_uid AND c.integration_kind = 'client-defined' AND l.label_source IN ('words', 'none')
),
decided AS (
  SELECT c.* EXCEPT (label_untrusted, label_private, guessed),
         CASE WHEN c.label_untrusted IS NOT NULL THEN c.label_untrusted WHEN f.untrusted THEN true WHEN k.parsed THEN false END AS untrusted,
         CASE WHEN c.label_private IS NOT NULL THEN c.label_private WHEN f.private THEN true WHEN k.parsed THEN false END AS private,
         CASE WHEN c.guessed AND f.secret THEN true WHEN l.secret IS NOT NULL THEN l.secret WHEN f.secret THEN true WHEN k.parsed THEN false END AS secret,
         CASE WHEN l.egress IS NOT NULL THEN l.egress WHEN f.egress THEN true WHEN k.parsed THEN false END AS egress,
         CASE WHEN l.state_change IS NOT NULL THEN l.state_change WHEN f.state_change THEN true WHEN k.parsed THEN false END AS state_change,
         CASE WHEN l.destructive IS NOT NULL THEN l.destructive WHEN f.destructive THEN true WHEN k.parsed THEN false END AS destructive,
         CASE WHEN l.install IS NOT NULL THEN l.install WHEN f.install THEN true WHEN k.parsed THEN false END AS install,
         CASE WHEN c.guessed AND f.persistence THEN true WHEN l.persistence IS NOT NULL THEN l.persistence WHEN f.persistence THEN true WHEN k.parsed THEN false END AS persistence,
         CASE WHEN c.guessed AND f.guard_off THEN true WHEN l.guard_off IS NOT NULL THEN l.guard_off WHEN f.guard_off THEN true WHEN k.parsed THEN false END AS guard_off,
         l.executes,
         CASE WHEN c.label_untrusted IS NULL AND f.untrusted THEN f.untrusted_reason WHEN c.label_untrusted IS NULL AND k.parsed THEN NULL ELSE l.untrusted_reason END AS untrusted_reason,
         CASE WHEN c.label_private IS NULL AND f.private THEN f.private_reason WHEN c.label_private IS NULL AND k.parsed THEN NULL ELSE l.private_reason END AS private_reason,
         CASE WHEN (l.secret IS NULL OR (c.guessed AND NOT l.secret)) AND f.secret THEN f.secret_reason WHEN l.secret IS NULL AND k.parsed THEN NULL ELSE l.secret_reason END AS secret_reason,
         CASE WHEN l.egress IS NULL AND f.egress THEN f.egress_reason WHEN l.egress IS NULL AND k.parsed THEN NULL ELSE l.egress_reason END AS egress_reason,
         CASE WHEN l.state_change IS NULL AND f.state_change THEN f.state_change_reason WHEN l.state_change IS NULL AND k.parsed THEN NULL ELSE l.state_change_reason END AS state_change_reason,
         CASE WHEN l.destructive IS NULL AND f.destructive THEN f.destructive_reason WHEN l.destructive IS NULL AND k.parsed THEN NULL ELSE l.destructive_reason END AS destructive_reason,
         CASE WHEN l.install IS NULL AND f.install THEN f.install_reason WHEN l.install IS NULL AND k.parsed THEN NULL ELSE l.install_reason END AS install_reason,
         CASE WHEN (l.persistence IS NULL OR (c.guessed AND NOT l.persistence)) AND f.persistence THEN f.persistence_reason WHEN l.persistence IS NULL AND k.parsed THEN NULL ELSE l.persistence_reason END AS persistence_reason,
         CASE WHEN (l.guard_off IS NULL OR (c.guessed AND NOT l.guard_off)) AND f.guard_off THEN f.guard_off_reason WHEN l.guard_off IS NULL AND k.parsed THEN NULL ELSE l.guard_off_reason END AS guard_off_reason,
         l.executes_reason,
         l.capabilities AS tool_capabilities,
         coalesce(f.actions, arrow_cast(make_array(), 'List(Utf8)')) AS actions, l.label_source, l.risk, l.risk_reason
  FROM labelled c
  LEFT JOIN tool_labels l ON l.integration = c.integration AND l.tool = c.tool
  LEFT JOIN facts f ON f.call_uid = c.call_uid
  LEFT JOIN known k ON k.call_uid = c.call_uid
)
SELECT d.* EXCEPT (tool_capabilities),
       array_sort(array_remove_all(make_array(
         CASE WHEN untrusted THEN 'untrusted' ELSE '' END,
         CASE WHEN private THEN 'private' ELSE '' END,
         CASE WHEN secret THEN 'secret' ELSE '' END,
         CASE WHEN egress THEN 'egress' ELSE '' END,
         CASE WHEN state_change THEN 'state_change' ELSE '' END,
         CASE WHEN destructive THEN 'destructive' ELSE '' END,
         CASE WHEN install THEN 'install' ELSE '' END,
         CASE WHEN persistence THEN 'persistence' ELSE '' END,
         CASE WHEN guard_off THEN 'guard_off' ELSE '' END,
         CASE WHEN executes THEN 'executes' ELSE '' END
       ), '')) AS capabilities
FROM decided d
