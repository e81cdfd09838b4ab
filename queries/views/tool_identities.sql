-- +++
-- doc = "Each distinct way in which a tool is named on the wire, and the integration and tool that it means."
-- materialise = true
-- [columns]
-- rule = "Which rule decided: server field, the naming scheme, alias, provider, built-in, prefix or none."
-- +++
-- A request that offers one tool of a server must not change what the server is: the most peers ever seen count.
WITH peered AS (
  SELECT *, max(own_peers) OVER (PARTITION BY naming, name_server) AS peers,
         trim(BOTH '-' FROM regexp_replace(lower(name_server), '[^a-z0-9]+', '-', 'g')) AS server_key,
         -- Local proxies hide ordinary tools behind names of fake servers; only the rest of the name is the tool.
         CASE WHEN regexp_like(raw_name, '^mcp__[A-Za-z0-9]{12}__[A-Za-z2-7]{12}_[A-Za-z]')
              THEN regexp_replace(raw_name, '^mcp__[A-Za-z0-9]{12}__[A-Za-z2-7]{12}_', '') END AS aliased
  FROM tool_names
),
alias AS (
  SELECT alias, min(name) AS name, bool_or(by_prefix) AS prefix
  FROM (
    SELECT name, coalesce(prefix, true) AS by_prefix, unnest(aliases) AS alias FROM catalog_integrations
    UNION ALL
    SELECT name, coalesce(prefix, true), trim(BOTH '-' FROM regexp_replace(lower(name), '[^a-z0-9]+', '-', 'g'))
    FROM catalog_integrations
  ) names
  WHERE alias IS NOT NULL AND alias <> ''
  GROUP BY alias
),
kinds AS (
  SELECT name, min(coalesce(kind, 'mcp')) AS kind FROM catalog_integrations GROUP BY name
),
built_in AS (
  SELECT DISTINCT b.integration, b.tool
  FROM catalog_builtin_tools b
  JOIN (SELECT DISTINCT agent FROM catalog_agents) a ON a.agent = b.integration
),
any_built_in AS (
  SELECT tool, min(integration) AS integration FROM built_in GROUP BY tool
),
everyday AS (
  SELECT DISTINCT word FROM catalog_tool_verbs WHERE source = 'name'
),
-- Names without any mark of a server: the longest known prefix, so that `google_drive_search` is google-drive.
prefixed AS (
  SELECT p.raw_name, first_value(a.alias ORDER BY length(a.alias) DESC, a.alias) AS alias
  FROM (SELECT DISTINCT raw_name FROM peered WHERE naming = 'S_T') p
  JOIN alias a ON a.prefix AND starts_with(lower(p.raw_name), replace(a.alias, '-', '_') || '_')
  GROUP BY p.raw_name
),
ruled AS (
  SELECT p.*, b.integration AS own_built_in, n.integration AS any_built_in, coalesce(ab.integration, an.integration) AS alias_built_in,
         x.alias AS prefix_alias,
         CASE
           WHEN p.named_server <> '' THEN 'server field'
           WHEN p.aliased IS NOT NULL AND an.integration IS NOT NULL THEN 'alias'
           WHEN p.naming IN ('mcp__S__T', 'mcp--S--T') THEN p.naming
           WHEN p.naming = 'S__T' AND (p.peers >= 1 OR k.alias IS NOT NULL) THEN p.naming
           WHEN p.naming IN ('mcp_S_T', 'X0mcp0T') THEN p.naming
           WHEN p.runs_at = 'provider' THEN 'provider'
           WHEN b.integration IS NOT NULL THEN 'built-in'
           WHEN p.nameless AND p.agent = 'unknown' AND n.integration IS NOT NULL THEN 'built-in of some agent'
           WHEN p.naming = 'S___T' AND (p.peers >= 1 OR k.alias IS NOT NULL) THEN p.naming
           WHEN p.naming = 'S_T' AND x.alias IS NOT NULL THEN 'known prefix'
           WHEN p.naming = 'S_T' AND p.peers >= 1 AND e.word IS NULL THEN 'shared prefix'
           ELSE 'none'
         END AS rule
  FROM peered p
  LEFT JOIN built_in b ON b.integration = p.agent AND b.tool = p.raw_name
  LEFT JOIN any_built_in n ON n.tool = p.raw_name
  LEFT JOIN any_built_in an ON an.tool = p.aliased
  LEFT JOIN built_in ab ON ab.integration = p.agent AND ab.tool = p.aliased
  LEFT JOIN alias k ON k.alias = p.server_key
  LEFT JOIN prefixed x ON x.raw_name = p.raw_name
  LEFT JOIN everyday e ON e.word = lower(p.name_server)
),
split AS (
  SELECT *,
         CASE rule
           WHEN 'server field' THEN regexp_replace(named_server, '^mcp(__|--)', '')
           WHEN 'X0mcp0T' THEN 'unnamed MCP server'
           WHEN 'known prefix' THEN prefix_alias
           WHEN 'alias' THEN alias_built_in
           WHEN 'provider' THEN 'provider-side'
           WHEN 'built-in' THEN own_built_in
           WHEN 'built-in of some agent' THEN any_built_in
           WHEN 'none' THEN 'client-defined'
           ELSE name_server
         END AS server,
         CASE
           WHEN rule = 'alias' THEN aliased
           WHEN rule = 'known prefix' THEN substr(raw_name, length(prefix_alias) + 2)
           WHEN rule IN ('provider', 'built-in', 'built-in of some agent', 'none') THEN raw_name
           ELSE name_tool
         END AS server_tool,
         rule NOT IN ('alias', 'provider', 'built-in', 'built-in of some agent', 'none') AS has_server
  FROM ruled
),
keyed AS (
  SELECT *, CASE WHEN has_server THEN
           trim(BOTH '-' FROM regexp_replace(regexp_replace(regexp_replace(lower(server), '[^a-z0-9]+', '-', 'g'),
                '^claude-ai-', ''), '^plugin-(.*-)?', '')) END AS key
  FROM split
),
-- The gateway's own endpoint is known by name, or by a tool that only it has. Connectors stand behind it.
hubs AS (
  SELECT alias AS key FROM alias WHERE name = 'Aperture'
  UNION
  SELECT key FROM keyed WHERE has_server AND rule NOT IN ('known prefix', 'shared prefix') AND server_tool = 'aperture_list_connectors'
),
behind AS (
  SELECT k.server_tool, first_value(a.alias ORDER BY length(a.alias) DESC, a.alias) AS alias
  FROM (SELECT DISTINCT server_tool FROM keyed WHERE has_server) k
  JOIN alias a ON starts_with(lower(k.server_tool), replace(a.alias, '-', '_') || '_')
  GROUP BY k.server_tool
),
placed AS (
  SELECT k.*,
         h.key IS NOT NULL AND k.rule NOT IN ('known prefix', 'shared prefix') AND strpos(k.server_tool, '_') > 0 AS is_behind,
         b.alias AS behind_alias
  FROM keyed k
  LEFT JOIN hubs h ON h.key = k.key
  LEFT JOIN behind b ON b.server_tool = k.server_tool
),
final AS (
  SELECT *,
         CASE WHEN is_behind THEN coalesce(behind_alias, lower(split_part(server_tool, '_', 1))) ELSE key END AS final_key,
         CASE WHEN is_behind THEN coalesce(behind_alias, split_part(server_tool, '_', 1)) ELSE server END AS final_server,
         CASE WHEN NOT is_behind THEN server_tool
              WHEN behind_alias IS NOT NULL THEN substr(server_tool, length(behind_alias) + 2)
              ELSE substr(server_tool, strpos(server_tool, '_') + 1) END AS tool
  FROM placed
)
SELECT f.agent, f.raw_name, f.named_server, f.naming, f.name_server, f.name_tool, f.runs_at, f.rule,
       coalesce(a.name, f.final_server) AS integration,
       CASE
         WHEN f.is_behind THEN 'aperture-connector'
         WHEN f.rule = 'provider' THEN 'provider-side'
         WHEN f.rule IN ('alias', 'built-in', 'built-in of some agent') THEN 'built-in'
         WHEN f.rule = 'none' THEN 'client-defined'
         WHEN k.kind <> 'mcp' THEN k.kind
         -- Pi passes the gateway's names on as they are.
         WHEN f.rule IN ('known prefix', 'shared prefix') AND f.agent = 'Pi' THEN 'aperture-connector'
         ELSE 'mcp'
       END AS integration_kind,
       f.tool
FROM final f
LEFT JOIN alias a ON a.alias = f.final_key AND f.has_server
LEFT JOIN kinds k ON k.name = a.name
