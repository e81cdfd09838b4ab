-- +++
-- doc = "What tells which agent is behind the requests of a device: what it says of itself, the tools that it offers and how its system prompts begin. One row per login, device, User-Agent and agent of the lake."
-- materialise = true
-- [columns]
-- agent = "Agent by the User-Agent or another header."
-- named_by = "`user agent`, `header` or `nothing`."
-- own_tools = "Built-in tools of that agent that it offers."
-- tools_agent = "Agent whose built-in tools it offers; null where they tell nothing."
-- tools = "The tools that say so, sorted."
-- prompt_agent = "Agent that its system prompts begin like; null where they begin like none."
-- prompt_opening = "Beginning of such a system prompt."
-- looks_like = "The agent by its tools, else by its system prompts; null without either."
-- mismatch = "Whether it says to be one agent and offers the tools, or sends the system prompt, of another."
-- requests = "Requests."
-- first_seen = "Start of the first request."
-- last_seen = "Start of the last request."
-- export_key = "Export of the first request."
-- record_id = "Record id of the first request."
-- +++
WITH limits AS (
  SELECT max(CASE WHEN name = 'agent_tools' THEN value END) AS tools_min, max(CASE WHEN name = 'agent_lead' THEN value END) AS lead
  FROM catalog_limits
),
named AS (
  SELECT user_agent, agent, bool_or(by_hint) AS by_hint FROM agent_identities GROUP BY user_agent, agent
),
sent AS (
  SELECT login, device, coalesce(user_agent, '') AS user_agent, agent, min(agent_kind) AS agent_kind, count(*) AS requests,
         min(time) AS first_seen, max(time) AS last_seen,
         first_value(export_key ORDER BY time, export_key, record_number) AS export_key,
         first_value(record_id ORDER BY time, export_key, record_number) AS record_id
  FROM history_requests
  GROUP BY login, device, coalesce(user_agent, ''), agent
),
built_in AS (
  SELECT DISTINCT b.integration AS agent, b.tool
  FROM catalog_builtin_tools b
  JOIN (SELECT DISTINCT agent FROM catalog_agents) a ON a.agent = b.integration
),
offered AS (
  SELECT DISTINCT o.login, o.device, coalesce(o.user_agent, '') AS user_agent, coalesce(g.agent, 'unknown') AS agent, d.raw_name
  FROM lake.tool_offers o
  JOIN (SELECT DISTINCT definition_id, raw_name FROM lake.tool_definitions WHERE runs_at = 'client' AND named_server IS NULL) d
    ON d.definition_id = o.definition_id
  LEFT JOIN request_agents g
    ON g.export_key = o.export_key AND g.record_id = coalesce(o.record_id, -1) AND g.user_agent = coalesce(o.user_agent, '')
),
matched AS (
  SELECT f.login, f.device, f.user_agent, f.agent, b.agent AS other, count(*) AS tools,
         array_agg(f.raw_name ORDER BY f.raw_name) AS names
  FROM offered f
  JOIN built_in b ON b.tool = f.raw_name
  GROUP BY f.login, f.device, f.user_agent, f.agent, b.agent
),
own AS (
  SELECT * FROM matched WHERE other = agent
),
others AS (
  SELECT login, device, user_agent, agent, first_value(other ORDER BY tools DESC, other) AS other, max(tools) AS tools,
         first_value(names ORDER BY tools DESC, other) AS names
  FROM matched
  WHERE other <> agent
  GROUP BY login, device, user_agent, agent
),
openings AS (
  SELECT login, device, coalesce(user_agent, '') AS user_agent, export_key, coalesce(record_id, -1) AS record_id,
         left(regexp_replace(left(text, 400), '^\s+', ''), 120) AS opening
  FROM lake.messages
  WHERE role = 'system'
),
spoken AS (
  SELECT o.login, o.device, o.user_agent, coalesce(g.agent, 'unknown') AS agent, p.agent AS other, count(*) AS times,
         min(o.opening) AS opening
  FROM openings o
  JOIN catalog_agent_prompts p ON starts_with(lower(o.opening), lower(p.opening))
  LEFT JOIN request_agents g ON g.export_key = o.export_key AND g.record_id = o.record_id AND g.user_agent = o.user_agent
  GROUP BY o.login, o.device, o.user_agent, coalesce(g.agent, 'unknown'), p.agent
),
prompts AS (
  -- One prompt of its own settles it: agents pass each other's prompts on.
  SELECT login, device, user_agent, agent,
         first_value(other ORDER BY CASE WHEN other = agent THEN 0 ELSE 1 END, times DESC, other) AS prompt_agent,
         first_value(opening ORDER BY CASE WHEN other = agent THEN 0 ELSE 1 END, times DESC, other) AS prompt_opening
  FROM spoken
  GROUP BY login, device, user_agent, agent
),
known AS (
  SELECT agent, count(*) AS tools FROM built_in GROUP BY agent
),
told AS (
  SELECT s.*, coalesce(n.by_hint, false) AS by_hint, coalesce(w.tools, 0) AS own_tools, k.tools AS known_tools,
         CASE WHEN o.tools >= l.tools_min AND o.tools >= l.lead * coalesce(w.tools, 0) THEN o.other
              WHEN w.tools >= l.tools_min THEN s.agent END AS tools_agent,
         CASE WHEN o.tools >= l.tools_min AND o.tools >= l.lead * coalesce(w.tools, 0) THEN o.names
              WHEN w.tools >= l.tools_min THEN w.names END AS tools,
         p.prompt_agent, p.prompt_opening
  FROM sent s
  CROSS JOIN limits l
  LEFT JOIN named n ON n.user_agent = s.user_agent AND n.agent = s.agent
  LEFT JOIN own w ON w.login = s.login AND w.device = s.device AND w.user_agent = s.user_agent AND w.agent = s.agent
  LEFT JOIN others o ON o.login = s.login AND o.device = s.device AND o.user_agent = s.user_agent AND o.agent = s.agent
  LEFT JOIN prompts p ON p.login = s.login AND p.device = s.device AND p.user_agent = s.user_agent AND p.agent = s.agent
  LEFT JOIN known k ON k.agent = s.agent
)
SELECT login, device, user_agent, agent, agent_kind,
       CASE WHEN by_hint THEN 'header' WHEN user_agent = '' THEN 'nothing' ELSE 'user agent' END AS named_by,
       own_tools, tools_agent, coalesce(tools, make_array()) AS tools, prompt_agent, prompt_opening,
       coalesce(tools_agent, prompt_agent) AS looks_like,
       -- Of an agent whose tools nobody listed, equal names say nothing; nor does a library that any program may use.
       agent_kind IN ('coding agent', 'personal agent', 'chat UI')
         AND (coalesce(tools_agent <> agent AND known_tools > 0, false) OR coalesce(prompt_agent <> agent, false)) AS mismatch,
       requests, first_seen, last_seen, export_key, record_id
FROM told
