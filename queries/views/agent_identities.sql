-- +++
-- doc = "Each distinct combination of User-Agent and client hints, and the agent that it means."
-- materialise = true
-- [columns]
-- agent_vendor = "Who makes the agent."
-- by_hint = "Whether another header than the User-Agent named the agent."
-- agent = "Name of the agent."
-- agent_kind = "coding agent, personal agent, chat UI, SDK, script, browser or unknown."
-- +++
WITH seen AS (
  SELECT DISTINCT coalesce(user_agent, '') AS user_agent, coalesce(ua_product, '') AS ua_product,
         coalesce(client_hints, '') AS client_hints
  FROM lake.requests
),
known AS (
  SELECT coalesce(ua_product, '') AS ua_product, coalesce(hint, '') AS hint, agent, vendor, kind
  FROM catalog_agents
  WHERE agent IS NOT NULL
),
by_token AS (
  SELECT ua_product, first_value(agent ORDER BY agent) AS agent, first_value(vendor ORDER BY agent) AS vendor,
         first_value(kind ORDER BY agent) AS kind
  FROM known
  WHERE hint = '' AND ua_product <> ''
  GROUP BY ua_product
),
by_hint AS (
  SELECT s.user_agent, s.client_hints, first_value(k.agent ORDER BY k.agent, k.hint) AS agent,
         first_value(k.vendor ORDER BY k.agent, k.hint) AS vendor, first_value(k.kind ORDER BY k.agent, k.hint) AS kind
  FROM seen s
  JOIN known k
    ON k.hint <> ''
   AND (k.ua_product = '' OR k.ua_product = s.ua_product)
   -- Quoted, so that a hint is a whole value and not a part of one.
   AND (strpos(lower(s.client_hints), '"' || k.hint || '"') > 0 OR strpos(lower(s.client_hints), '"' || k.hint || '/"') > 0)
  GROUP BY s.user_agent, s.client_hints
),
joined AS (
  SELECT s.user_agent, s.ua_product, s.client_hints, t.agent AS token_agent, t.vendor AS token_vendor, t.kind AS token_kind,
         h.agent AS hint_agent, h.vendor AS hint_vendor, h.kind AS hint_kind,
         -- A program that names itself is believed; an SDK only names the library inside.
         h.agent IS NOT NULL AND coalesce(t.kind, '') NOT IN ('coding agent', 'personal agent', 'chat UI') AS hint_wins
  FROM seen s
  LEFT JOIN by_token t ON t.ua_product = s.ua_product
  LEFT JOIN by_hint h ON h.user_agent = s.user_agent AND h.client_hints = s.client_hints
)
SELECT user_agent, ua_product, client_hints,
       CASE WHEN hint_wins THEN hint_agent ELSE coalesce(token_agent, nullif(ua_product, ''), 'unknown') END AS agent,
       CASE WHEN hint_wins THEN hint_vendor ELSE token_vendor END AS agent_vendor,
       CASE WHEN hint_wins THEN hint_kind ELSE coalesce(token_kind, 'unknown') END AS agent_kind,
       hint_wins AS by_hint
FROM joined
