-- +++
-- doc = "Usage of the whole lake per UTC day and principal, active days only: a user, device, agent, integration, tool, provider or model."
-- materialise = true
-- [columns]
-- kind = "What the principal is: user, device, agent, integration, tool, provider or model."
-- principal = "Its name; a tool is named `integration/tool`."
-- day = "Start of the day, UTC."
-- agent = "The agent with the most requests of that day; null for integrations and tools."
-- calls = "Tool calls."
-- destructive = "Calls that remove or overwrite data."
-- outgoing = "Calls that send data out."
-- failed_calls = "Calls whose result was an error."
-- refused_calls = "Calls that a person or a policy refused."
-- integrations = "Distinct integrations whose tools were called."
-- destinations = "Distinct domains that calls named as their destination; users only."
-- requests = "Requests."
-- failed_requests = "Requests whose outcome was not ok."
-- blocked_requests = "Requests that a guardrail stopped."
-- quota_requests = "Requests refused for lack of quota."
-- sessions = "Sessions."
-- tokens = "Input tokens that no cache held, and output tokens."
-- cost_usd = "Cost estimate in US dollars."
-- first_time = "First request or call."
-- last_time = "Last request or call."
-- export_key = "Export of the first of them."
-- record_id = "Record id of the first of them."
-- +++
WITH requests_of AS (
  SELECT p['kind'] AS kind, p['name'] AS principal, day, first_value(agent ORDER BY requests DESC, agent, session_id) AS agent,
         sum(requests) AS requests, sum(failed_requests) AS failed_requests, sum(blocked_requests) AS blocked_requests,
         sum(quota_requests) AS quota_requests, count(DISTINCT session_id) AS sessions, sum(fresh_tokens) AS tokens,
         sum(cost_nano_usd) AS cost_nano_usd, min(first_time) AS first_time, max(last_time) AS last_time,
         first_value(export_key ORDER BY first_time, export_key, record_id) AS export_key,
         first_value(record_id ORDER BY first_time, export_key, record_id) AS record_id
  FROM (
    SELECT *, unnest(make_array(named_struct('kind', 'user', 'name', login), named_struct('kind', 'device', 'name', device),
                                named_struct('kind', 'agent', 'name', agent), named_struct('kind', 'provider', 'name', provider),
                                named_struct('kind', 'model', 'name', model))) AS p
    FROM history_session_days
  ) each
  WHERE p['name'] IS NOT NULL
  GROUP BY p['kind'], p['name'], day
),
calls_of AS (
  SELECT p['kind'] AS kind, p['name'] AS principal, day, sum(calls) AS calls, sum(destructive) AS destructive,
         sum(outgoing) AS outgoing, sum(failed_calls) AS failed_calls, sum(refused_calls) AS refused_calls,
         count(DISTINCT integration) AS integrations, min(first_time) AS first_time, max(last_time) AS last_time,
         first_value(export_key ORDER BY first_time, export_key, record_id) AS export_key,
         first_value(record_id ORDER BY first_time, export_key, record_id) AS record_id
  FROM (
    SELECT *, unnest(make_array(named_struct('kind', 'user', 'name', login), named_struct('kind', 'device', 'name', device),
                                named_struct('kind', 'agent', 'name', agent), named_struct('kind', 'provider', 'name', provider),
                                named_struct('kind', 'model', 'name', model),
                                named_struct('kind', 'integration', 'name', integration),
                                named_struct('kind', 'tool', 'name', integration || '/' || tool))) AS p
    FROM history_daily_calls
  ) each
  WHERE p['name'] IS NOT NULL
  GROUP BY p['kind'], p['name'], day
),
reached AS (
  SELECT login, date_trunc('day', time) AS day, count(DISTINCT coalesce(domain, value)) AS destinations
  FROM history_entities
  WHERE relation = 'destination' AND kind IN ('url', 'host', 'ip', 'email', 'remote') AND direction = 'out'
  GROUP BY login, date_trunc('day', time)
)
SELECT coalesce(r.kind, c.kind) AS kind, coalesce(r.principal, c.principal) AS principal, coalesce(r.day, c.day) AS day, r.agent,
       coalesce(c.calls, 0) AS calls, coalesce(c.destructive, 0) AS destructive, coalesce(c.outgoing, 0) AS outgoing,
       coalesce(c.failed_calls, 0) AS failed_calls, coalesce(c.refused_calls, 0) AS refused_calls,
       coalesce(c.integrations, 0) AS integrations, coalesce(d.destinations, 0) AS destinations,
       coalesce(r.requests, 0) AS requests, coalesce(r.failed_requests, 0) AS failed_requests,
       coalesce(r.blocked_requests, 0) AS blocked_requests, coalesce(r.quota_requests, 0) AS quota_requests,
       coalesce(r.sessions, 0) AS sessions, coalesce(r.tokens, 0) AS tokens, coalesce(r.cost_nano_usd, 0) / 1000000000.0 AS cost_usd,
       least(coalesce(r.first_time, c.first_time), coalesce(c.first_time, r.first_time)) AS first_time,
       greatest(coalesce(r.last_time, c.last_time), coalesce(c.last_time, r.last_time)) AS last_time,
       coalesce(r.export_key, c.export_key) AS export_key, coalesce(r.record_id, c.record_id) AS record_id
FROM requests_of r
FULL JOIN calls_of c ON c.kind = r.kind AND c.principal = r.principal AND c.day = r.day
LEFT JOIN reached d ON coalesce(r.kind, c.kind) = 'user' AND d.login = coalesce(r.principal, c.principal) AND d.day = coalesce(r.day, c.day)
