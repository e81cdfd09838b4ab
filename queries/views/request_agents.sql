-- +++
-- doc = "The agent behind every record, for tables that name only the record."
-- materialise = true
-- +++
SELECT r.export_key, coalesce(r.record_id, -1) AS record_id, coalesce(r.user_agent, '') AS user_agent,
       min(i.agent) AS agent, min(i.agent_kind) AS agent_kind
FROM lake.requests r
JOIN agent_identities i
  ON i.user_agent = coalesce(r.user_agent, '') AND i.ua_product = coalesce(r.ua_product, '')
 AND i.client_hints = coalesce(r.client_hints, '')
GROUP BY r.export_key, coalesce(r.record_id, -1), coalesce(r.user_agent, '')
