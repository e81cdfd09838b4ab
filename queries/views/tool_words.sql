-- +++
-- doc = "What each word of a tool's name, parameters and descriptions says that the tool does (`catalog_tool_verbs`)."
-- materialise = true
-- [columns]
-- role = "Whether the word names an action, or an object that something is done with."
-- capability = "What the tool does by it: a capability of tools, or reads or writes."
-- weight = "How much the word says; a tool does what words of weight 1 together say."
-- place = "Where it stands: 1 in the name, 2 in a parameter, 3 in a description."
-- says = "The word and what it means, as the end of the sentence `the tool does that, because …`."
-- acts = "Whether the name of the tool says an action."
-- [[case]]
-- name = "an action and an object"
-- tool_identities = [ { integration = "acme", tool = "sendEmail", integration_kind = "mcp" } ]
-- catalog_tool_verbs = [
--   { source = "name", word = "send", role = "action", capability = "egress", weight = 0.5, reason = "sends something", anywhere = false },
--   { source = "name", word = "email", role = "object", capability = "egress", weight = 0.5, reason = "is a message", anywhere = false },
-- ]
-- expect = [
--   { tool = "sendEmail", role = "action", capability = "egress", place = 1, acts = true },
--   { tool = "sendEmail", role = "object", capability = "egress", place = 1, acts = true },
-- ]
-- [[case]]
-- name = "a part of a word, and an action behind another"
-- tool_identities = [ { integration = "acme", tool = "resend_later", integration_kind = "mcp" }, { integration = "acme", tool = "list_send", integration_kind = "mcp" } ]
-- catalog_tool_verbs = [
--   { source = "name", word = "send", role = "action", capability = "egress", weight = 0.5, reason = "sends something", anywhere = false },
--   { source = "name", word = "list", role = "action", capability = "reads", weight = 0.5, reason = "lists", anywhere = false },
-- ]
-- expect = [ { tool = "list_send", capability = "reads", acts = true } ]
-- +++
WITH tools AS (
  SELECT integration, tool,
         -- `sendEmail`, `send-email` and `send_email` are the words send and email.
         ' ' || lower(regexp_replace(regexp_replace(min(tool), '([a-z0-9])([A-Z])', '\1 \2', 'g'), '[^A-Za-z0-9]+', ' ', 'g')) || ' ' AS words
  FROM tool_identities
  GROUP BY integration, tool
),
definitions AS (
  SELECT DISTINCT integration, tool, lower(left(description, 400)) AS description,
         replace(left(schema, 20000), '": {', '":{') AS schema
  FROM history_tool_definitions
),
name_words AS (
  SELECT integration, tool, words, unnest(string_to_array(trim(words), ' ')) AS word FROM tools
),
name_hits AS (
  SELECT DISTINCT n.integration, n.tool, v.role, v.word, v.capability, v.weight, v.reason, coalesce(v.anywhere, false) AS anywhere,
         strpos(n.words, ' ' || v.word || ' ') AS at
  FROM name_words n
  JOIN catalog_tool_verbs v ON v.source = 'name' AND v.word = n.word AND v.word <> ''
),
first_actions AS (
  SELECT integration, tool, min(at) AS at FROM name_hits WHERE role = 'action' GROUP BY integration, tool
),
-- In canonical JSON every key of a schema that holds an object stands right before `":{`.
schema_parts AS (
  SELECT integration, tool, unnest(string_to_array(schema, '":{')) AS part FROM definitions WHERE schema IS NOT NULL
),
schema_keys AS (
  SELECT DISTINCT integration, tool, regexp_replace(lower(reverse(split_part(reverse(part), '"', 1))), '[^a-z]+', '', 'g') AS word
  FROM schema_parts
),
phrases AS (
  SELECT DISTINCT word FROM catalog_tool_verbs WHERE source = 'description'
),
description_hits AS (
  SELECT DISTINCT d.integration, d.tool, p.word
  FROM (SELECT DISTINCT integration, tool, description FROM definitions WHERE description IS NOT NULL) d
  JOIN phrases p ON regexp_like(d.description, p.word)
),
spoken AS (
  SELECT h.integration, h.tool, h.role, h.capability, h.weight, 1 AS place,
         'its name has the word "' || h.word || '", which ' || h.reason AS says
  FROM name_hits h
  LEFT JOIN first_actions f ON f.integration = h.integration AND f.tool = h.tool
  WHERE h.role = 'object' OR h.anywhere OR h.at = f.at
  UNION ALL
  SELECT k.integration, k.tool, v.role, v.capability, v.weight, 2, 'its parameter "' || v.word || '" ' || v.reason
  FROM schema_keys k
  JOIN catalog_tool_verbs v ON v.source = 'parameter' AND v.word = k.word
  LEFT JOIN first_actions f ON f.integration = k.integration AND f.tool = k.tool
  -- A name that says what is done is clearer than what it is done with.
  WHERE v.role = 'object' OR v.anywhere OR f.at IS NULL
  UNION ALL
  SELECT d.integration, d.tool, v.role, v.capability, v.weight, 3, 'its description ' || v.reason
  FROM description_hits d
  JOIN catalog_tool_verbs v ON v.source = 'description' AND v.word = d.word
  LEFT JOIN first_actions f ON f.integration = d.integration AND f.tool = d.tool
  -- A name that says what is done is clearer than a text that also says what is returned.
  WHERE v.role = 'object' OR f.at IS NULL
)
SELECT s.*, f.at IS NOT NULL AS acts
FROM spoken s
LEFT JOIN first_actions f ON f.integration = s.integration AND f.tool = s.tool
