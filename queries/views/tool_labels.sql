-- +++
-- doc = "What each tool can do: capabilities, risk and the reason for each, from the words it uses, the catalogue and the organisation's own labels, in rising priority; a description that steers the model raises the risk."
-- materialise = true
-- [columns]
-- untrusted = "Returns text that third parties wrote; null when that depends on the arguments."
-- private = "Reads private data; null when that depends on the arguments."
-- secret = "Reads credentials; null when that depends on the arguments."
-- egress = "Sends data out; null when that depends on the arguments."
-- state_change = "Changes state; null when that depends on the arguments."
-- destructive = "Removes or overwrites data; null when that depends on the arguments."
-- install = "Installs software; null when that depends on the arguments."
-- persistence = "Leaves something behind that acts in later sessions; null when that depends on the arguments."
-- guard_off = "Switches a protection off; null when that depends on the arguments."
-- executes = "Runs commands or code; null when that depends on the arguments."
-- untrusted_reason = "Why it is thought that a call returns text that third parties wrote."
-- private_reason = "Why it is thought that a call reads private data."
-- secret_reason = "Why it is thought that a call reads credentials."
-- egress_reason = "Why it is thought that a call sends data out."
-- state_change_reason = "Why it is thought that a call changes state."
-- destructive_reason = "Why it is thought that a call removes or overwrites data."
-- install_reason = "Why it is thought that a call installs software."
-- persistence_reason = "Why it is thought that a call leaves something behind that acts in later sessions."
-- guard_off_reason = "Why it is thought that a call switches a protection off."
-- executes_reason = "Why it is thought that a call runs commands or code."
-- risk_reason = "Why, as the end of the sentence `the tool …`."
-- capabilities = "The capabilities that are certain, sorted."
-- label_source = "Where the labels come from: organisation, catalogue, words, or none when nothing is known."
-- risk = "Suggested risk: low, medium, high, critical, or unknown when nothing is known."
-- +++
WITH tools AS (
  SELECT integration, tool, min(integration_kind) AS integration_kind
  FROM tool_identities
  GROUP BY integration, tool
),
access AS (
  SELECT integration, tool, bool_or(capability = 'reads') AS reads, bool_or(capability = 'writes') AS writes
  FROM tool_guesses
  GROUP BY integration, tool
),
capability_names AS (
  SELECT unnest(make_array('untrusted', 'private', 'secret', 'egress', 'state_change', 'destructive', 'install',
                           'persistence', 'guard_off', 'executes')) AS capability
),
own_labels AS (
  SELECT integration, tool, 'untrusted' AS capability, untrusted AS value, reason FROM catalog_overrides WHERE untrusted IS NOT NULL
  UNION ALL
  SELECT integration, tool, 'private', private, reason FROM catalog_overrides WHERE private IS NOT NULL
  UNION ALL
  SELECT integration, tool, 'secret', secret, reason FROM catalog_overrides WHERE secret IS NOT NULL
  UNION ALL
  SELECT integration, tool, 'egress', egress, reason FROM catalog_overrides WHERE egress IS NOT NULL
  UNION ALL
  SELECT integration, tool, 'state_change', state_change, reason FROM catalog_overrides WHERE state_change IS NOT NULL
  UNION ALL
  SELECT integration, tool, 'destructive', destructive, reason FROM catalog_overrides WHERE destructive IS NOT NULL
  UNION ALL
  SELECT integration, tool, 'install', install, reason FROM catalog_overrides WHERE install IS NOT NULL
  UNION ALL
  SELECT integration, tool, 'persistence', persistence, reason FROM catalog_overrides WHERE persistence IS NOT NULL
  UNION ALL
  SELECT integration, tool, 'guard_off', guard_off, reason FROM catalog_overrides WHERE guard_off IS NOT NULL
  UNION ALL
  SELECT integration, tool, 'executes', executes, reason FROM catalog_overrides WHERE executes IS NOT NULL
),
judged AS (
  SELECT t.integration, t.tool, t.integration_kind, n.capability,
         coalesce(o.value, ow.value) AS own_value, coalesce(o.reason, ow.reason) AS own_reason,
         b.tool IS NOT NULL AS listed,
         coalesce(array_has(b.does, n.capability), false) AS listed_does,
         coalesce(array_has(b.may, n.capability), false) AS listed_may,
         b.note, i.name IS NOT NULL AS known,
         coalesce(a.reads AND array_has(i.reads, n.capability), false) AS default_reads,
         coalesce(a.writes AND array_has(i.writes, n.capability), false) AS default_writes,
         -- For what a service returns and sends, what is known about it beats the words of its tools.
         g.says IS NOT NULL AND (i.name IS NULL OR n.capability NOT IN ('untrusted', 'private', 'egress')) AS guess,
         g.says, x.says IS NOT NULL AS guess_executes, a.tool IS NOT NULL OR g.says IS NOT NULL OR x.says IS NOT NULL AS worded
  FROM tools t
  CROSS JOIN capability_names n
  LEFT JOIN own_labels o ON o.integration = t.integration AND o.tool = t.tool AND o.capability = n.capability
  LEFT JOIN own_labels ow ON ow.integration = t.integration AND ow.tool = '*' AND ow.capability = n.capability
  LEFT JOIN catalog_builtin_tools b ON b.integration = t.integration AND b.tool = t.tool
  LEFT JOIN catalog_integrations i ON i.name = t.integration
  LEFT JOIN access a ON a.integration = t.integration AND a.tool = t.tool
  LEFT JOIN tool_guesses g ON g.integration = t.integration AND g.tool = t.tool AND g.capability = n.capability
  LEFT JOIN tool_guesses x ON x.integration = t.integration AND x.tool = t.tool AND x.capability = 'executes'
),
decided AS (
  SELECT integration, tool, integration_kind, capability, own_value IS NOT NULL AS own, listed, known, worded,
         CASE
           WHEN own_value IS NOT NULL THEN own_value
           WHEN listed THEN CASE WHEN listed_does THEN true WHEN listed_may THEN NULL ELSE false END
           WHEN default_reads OR default_writes OR guess THEN true
           WHEN guess_executes THEN NULL
           ELSE false
         END AS value,
         CASE
           WHEN own_value IS NOT NULL THEN 'set by the organisation' || coalesce(': ' || own_reason, '')
           WHEN listed AND listed_does THEN note
           WHEN listed AND listed_may THEN 'depends on the arguments: ' || note
           WHEN listed THEN NULL
           WHEN default_reads THEN 'tools of ' || integration || ' that read do this'
           WHEN default_writes THEN 'tools of ' || integration || ' that write do this'
           WHEN guess THEN says
           WHEN guess_executes THEN 'depends on what it is told to run'
         END AS reason
  FROM judged
),
wide AS (
  SELECT integration, tool, min(integration_kind) AS integration_kind,
         bool_or(CASE WHEN capability = 'untrusted' THEN value END) AS untrusted,
         bool_or(CASE WHEN capability = 'private' THEN value END) AS private,
         bool_or(CASE WHEN capability = 'secret' THEN value END) AS secret,
         bool_or(CASE WHEN capability = 'egress' THEN value END) AS egress,
         bool_or(CASE WHEN capability = 'state_change' THEN value END) AS state_change,
         bool_or(CASE WHEN capability = 'destructive' THEN value END) AS destructive,
         bool_or(CASE WHEN capability = 'install' THEN value END) AS install,
         bool_or(CASE WHEN capability = 'persistence' THEN value END) AS persistence,
         bool_or(CASE WHEN capability = 'guard_off' THEN value END) AS guard_off,
         bool_or(CASE WHEN capability = 'executes' THEN value END) AS executes,
         max(CASE WHEN capability = 'untrusted' THEN reason END) AS untrusted_reason,
         max(CASE WHEN capability = 'private' THEN reason END) AS private_reason,
         max(CASE WHEN capability = 'secret' THEN reason END) AS secret_reason,
         max(CASE WHEN capability = 'egress' THEN reason END) AS egress_reason,
         max(CASE WHEN capability = 'state_change' THEN reason END) AS state_change_reason,
         max(CASE WHEN capability = 'destructive' THEN reason END) AS destructive_reason,
         max(CASE WHEN capability = 'install' THEN reason END) AS install_reason,
         max(CASE WHEN capability = 'persistence' THEN reason END) AS persistence_reason,
         max(CASE WHEN capability = 'guard_off' THEN reason END) AS guard_off_reason,
         max(CASE WHEN capability = 'executes' THEN reason END) AS executes_reason,
         coalesce(array_agg(capability ORDER BY capability) FILTER (WHERE value), arrow_cast(make_array(), 'List(Utf8)')) AS capabilities,
         CASE WHEN bool_or(own) THEN 'organisation' WHEN bool_or(listed OR known) THEN 'catalogue'
              WHEN bool_or(worded) THEN 'words' ELSE 'none' END AS label_source
  FROM decided
  GROUP BY integration, tool
),
-- The definition with the most marks of each tool.
steering AS (
  SELECT s.integration, s.tool, first_value(s.meanings ORDER BY s.marks DESC, s.definition_id) AS meanings
  FROM steering_descriptions s
  JOIN catalog_limits l ON l.name = 'description_marks' AND s.marks >= l.value
  GROUP BY s.integration, s.tool
),
ranked AS (
  SELECT w.integration, w.tool, first_value(r.level ORDER BY r.rank) AS level, first_value(r.reason ORDER BY r.rank) AS reason,
         first_value(array_has(r.needs, 'steers_model') ORDER BY r.rank) AS steers
  FROM wide w
  LEFT JOIN steering s ON s.integration = w.integration AND s.tool = w.tool
  JOIN catalog_risk_levels r
    ON array_has_all(CASE WHEN s.tool IS NULL THEN w.capabilities ELSE array_append(w.capabilities, 'steers_model') END, r.needs)
  GROUP BY w.integration, w.tool
),
own_risks AS (
  SELECT integration, tool, min(risk) AS risk, min(reason) AS reason FROM catalog_overrides WHERE risk IS NOT NULL GROUP BY integration, tool
)
SELECT w.*,
       CASE WHEN o.risk IS NOT NULL THEN o.risk WHEN ow.risk IS NOT NULL THEN ow.risk
            WHEN r.steers THEN r.level WHEN b.risk IS NOT NULL THEN b.risk
            WHEN w.label_source = 'none' THEN 'unknown' ELSE coalesce(r.level, 'unknown') END AS risk,
       CASE WHEN o.risk IS NOT NULL THEN 'set by the organisation' || coalesce(': ' || o.reason, '')
            WHEN ow.risk IS NOT NULL THEN 'set by the organisation' || coalesce(': ' || ow.reason, '')
            WHEN r.steers THEN r.reason || ': it ' || s.meanings
            WHEN b.risk IS NOT NULL THEN b.note
            WHEN w.label_source = 'none' THEN 'nothing in its name, parameters or description says what it does'
            ELSE coalesce(r.reason, 'no rule fits') END AS risk_reason
FROM wide w
LEFT JOIN ranked r ON r.integration = w.integration AND r.tool = w.tool
LEFT JOIN steering s ON s.integration = w.integration AND s.tool = w.tool
LEFT JOIN own_risks o ON o.integration = w.integration AND o.tool = w.tool
LEFT JOIN own_risks ow ON ow.integration = w.integration AND ow.tool = '*'
LEFT JOIN catalog_builtin_tools b ON b.integration = w.integration AND b.tool = w.tool
