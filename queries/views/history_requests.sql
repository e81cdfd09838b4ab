-- +++
-- doc = "Every request of the lake once, whichever exports carry it, with the agent that sent it."
-- materialise = true
-- [columns]
-- agent = "Name of the agent; the product token where the catalogue does not know it, `unknown` without a User-Agent."
-- agent_kind = "coding agent, personal agent, chat UI, SDK, script, browser or unknown."
-- agent_version = "Version from the User-Agent; null where another header named the agent."
-- cost_nano_usd = "The cost estimate in billionths of a dollar; null where there is none or it is absurd."
-- shared_identity = "Whether the login is a set of tags: everybody behind the device looks like one user."
-- +++
WITH once AS (
  SELECT request_id, first_value(export_key ORDER BY time, export_key, record_number) AS export_key,
         first_value(record_number ORDER BY time, export_key, record_number) AS record_number
  FROM lake.requests
  GROUP BY request_id
)
SELECT r.*, i.agent, i.agent_kind, CASE WHEN i.by_hint THEN NULL ELSE r.ua_version END AS agent_version,
       cardinality(r.tags) > 0 OR starts_with(r.login, 'tag:') AS shared_identity,
       -- Whole numbers add up to the same sum in every order.
       CAST(round(CASE WHEN r.cost_usd BETWEEN 0 AND 1000000 THEN r.cost_usd * 1000000000 END) AS BIGINT) AS cost_nano_usd
FROM lake.requests r
JOIN once o ON o.request_id = r.request_id AND o.export_key = r.export_key AND o.record_number = r.record_number
LEFT JOIN agent_identities i
  ON i.user_agent = coalesce(r.user_agent, '') AND i.ua_product = coalesce(r.ua_product, '')
 AND i.client_hints = coalesce(r.client_hints, '')
