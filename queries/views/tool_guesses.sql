-- +++
-- doc = "What each tool is thought to do by the words of its name, parameters and descriptions alone."
-- materialise = true
-- [columns]
-- capability = "What it does: a capability of tools, or reads or writes."
-- says = "Which words say so, as the end of the sentence `the tool does that, because …`."
-- +++
WITH
-- A name that only says what a thing is names what is returned, where nothing tells of a change.
verbless AS (
  SELECT s.integration, s.tool
  FROM tool_words s
  WHERE NOT s.acts
  GROUP BY s.integration, s.tool
  HAVING bool_or(s.role = 'object' AND s.place < 3 AND s.capability IN ('untrusted', 'private'))
     AND NOT bool_or(s.capability = 'executes' OR (s.role = 'action' AND s.capability NOT IN ('reads', 'untrusted', 'private')))
),
hits AS (
  SELECT integration, tool, role, capability, weight, place, says FROM tool_words
  UNION ALL
  SELECT n.integration, n.tool, v.role, v.capability, v.weight, 3, 'its name ' || v.reason
  FROM verbless n
  JOIN catalog_tool_verbs v ON v.source = 'name' AND v.word = ''
),
best AS (
  SELECT integration, tool, capability, role, max(weight) AS weight, min(place) AS place,
         first_value(says ORDER BY weight DESC, place, says) AS says
  FROM hits
  GROUP BY integration, tool, capability, role
)
-- Descriptions mention more than a tool does, so one of the two must come from the name or a parameter.
SELECT integration, tool, capability,
       string_agg(says, ' and ' ORDER BY role, says) AS says
FROM best
GROUP BY integration, tool, capability
HAVING sum(weight) >= 1.0 AND min(place) < 3
