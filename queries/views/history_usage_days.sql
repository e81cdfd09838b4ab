-- +++
-- doc = "Usage of the whole lake per UTC day and principal, active days only: a user, device, agent, integration, tool, provider or model. Integrations and tools have their share of the tokens and costs of the requests whose answers called them."
-- materialise = true
-- [columns]
-- kind = "What the principal is: user, device, agent, integration, tool, provider or model."
-- principal = "Its name; a tool is named `integration/tool`."
-- day = "Start of the day, UTC."
-- login = "The login with the most requests of that day; null for integrations and tools."
-- device_tags = "Tags of the device with the most requests of that day, joined by commas; empty for people, null for integrations and tools."
-- shared_identity = "Whether everybody behind a tagged device looks like this principal; null for integrations and tools."
-- agent = "The agent with the most requests of that day; null for integrations and tools."
-- calls = "Tool calls."
-- busiest_hour = "Tool calls of the hour (UTC) with the most of them; 0 for others than users."
-- destructive = "Calls that remove or overwrite data."
-- outgoing = "Calls that send data out."
-- failed_calls = "Calls whose result was an error."
-- refused_calls = "Calls that a person or a policy refused."
-- integrations = "Distinct integrations whose tools were called."
-- destinations = "Distinct domains that calls named as their destination."
-- requests = "Requests; 0 for integrations and tools."
-- failed_requests = "Those whose outcome was not ok."
-- blocked_requests = "Requests that a guardrail stopped."
-- quota_requests = "Requests refused for lack of quota."
-- refused_requests = "Requests that the model refused."
-- sessions = "Sessions."
-- tokens = "Input tokens that no cache held, and output tokens."
-- cached_tokens = "Input tokens that came from a cache."
-- cost_usd = "Cost estimate in US dollars."
-- first_time = "First request or call."
-- last_time = "Last request or call."
-- export_key = "Export of the first of them."
-- record_id = "Record id of the first of them."
-- +++
WITH requests_of AS (
  SELECT p['kind'] AS kind, p['name'] AS principal, day, first_value(agent ORDER BY requests DESC, agent, session_id) AS agent,
         first_value(login ORDER BY requests DESC, login, session_id) AS login,
         first_value(device_tags ORDER BY requests DESC, device_tags, session_id) AS device_tags, bool_or(shared_identity) AS shared_identity,
         sum(requests) AS requests, sum(failed_requests) AS failed_requests, sum(blocked_requests) AS blocked_requests,
         sum(quota_requests) AS quota_requests, sum(refused_requests) AS refused_requests, count(DISTINCT session_id) AS sessions, sum(fresh_tokens) AS tokens,
         sum(cached_tokens) AS cached_tokens, sum(cost_nano_usd) AS cost_nano_usd, min(first_time) AS first_time, max(last_time) AS last_time,
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
         count(DISTINCT integration) AS integrations, sum(fresh_tokens) AS tokens, sum(cached_tokens) AS cached_tokens,
         sum(cost_nano_usd) AS cost_nano_usd, min(first_time) AS first_time, max(last_time) AS last_time,
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
sessions_of AS (
  SELECT p['kind'] AS kind, p['name'] AS principal, day, count(DISTINCT session_id) AS sessions
  FROM (
    SELECT date_trunc('day', time) AS day, session_id,
           unnest(make_array(named_struct('kind', 'integration', 'name', coalesce(integration, 'unknown')),
                             named_struct('kind', 'tool', 'name', coalesce(integration, 'unknown') || '/' || coalesce(tool, raw_name)))) AS p
    FROM history_tool_calls
  ) each
  GROUP BY p['kind'], p['name'], day
),
reached AS (
  SELECT p['kind'] AS kind, p['name'] AS principal, day, count(DISTINCT thing) AS destinations
  FROM (
    SELECT date_trunc('day', time) AS day, thing,
           unnest(make_array(named_struct('kind', 'user', 'name', login), named_struct('kind', 'device', 'name', device),
                             named_struct('kind', 'agent', 'name', agent), named_struct('kind', 'provider', 'name', provider),
                             named_struct('kind', 'model', 'name', model),
                             named_struct('kind', 'integration', 'name', coalesce(integration, 'unknown')),
                             named_struct('kind', 'tool', 'name', coalesce(integration, 'unknown') || '/' || tool))) AS p
    FROM history_targets
    WHERE kind = 'destination'
  ) each
  WHERE p['name'] IS NOT NULL
  GROUP BY p['kind'], p['name'], day
),
-- Only people are compared by the hour: the minutes are kept by login.
busiest AS (
  SELECT login, date_trunc('day', hour) AS day, max(calls) AS calls
  FROM (SELECT login, date_trunc('hour', minute) AS hour, sum(calls) AS calls FROM history_usage_minutes GROUP BY login, date_trunc('hour', minute)) each
  GROUP BY login, date_trunc('day', hour)
),
used AS (
  SELECT coalesce(r.kind, c.kind) AS kind, coalesce(r.principal, c.principal) AS principal, coalesce(r.day, c.day) AS day,
         r.login, r.device_tags, r.shared_identity, r.agent, coalesce(c.calls, 0) AS calls, coalesce(c.destructive, 0) AS destructive,
         coalesce(c.outgoing, 0) AS outgoing, coalesce(c.failed_calls, 0) AS failed_calls, coalesce(c.refused_calls, 0) AS refused_calls,
         coalesce(c.integrations, 0) AS integrations, coalesce(r.requests, 0) AS requests,
         coalesce(r.failed_requests, 0) AS failed_requests, coalesce(r.blocked_requests, 0) AS blocked_requests,
         coalesce(r.quota_requests, 0) AS quota_requests,
         coalesce(r.refused_requests, 0) AS refused_requests, r.sessions, coalesce(r.tokens, c.tokens, 0) AS tokens,
         coalesce(r.cached_tokens, c.cached_tokens, 0) AS cached_tokens, coalesce(r.cost_nano_usd, c.cost_nano_usd, 0) AS cost_nano_usd,
         least(coalesce(r.first_time, c.first_time), coalesce(c.first_time, r.first_time)) AS first_time,
         greatest(coalesce(r.last_time, c.last_time), coalesce(c.last_time, r.last_time)) AS last_time,
         coalesce(r.export_key, c.export_key) AS export_key, coalesce(r.record_id, c.record_id) AS record_id
  FROM requests_of r
  FULL JOIN calls_of c ON c.kind = r.kind AND c.principal = r.principal AND c.day = r.day
)
SELECT u.kind, u.principal, u.day, u.login, u.device_tags, u.shared_identity, u.agent, u.calls, coalesce(b.calls, 0) AS busiest_hour, u.destructive, u.outgoing, u.failed_calls,
       u.refused_calls, u.integrations, coalesce(d.destinations, 0) AS destinations, u.requests, u.failed_requests, u.blocked_requests,
       u.quota_requests, u.refused_requests, coalesce(u.sessions, s.sessions, 0) AS sessions, u.tokens, u.cached_tokens,
       u.cost_nano_usd / 1000000000.0 AS cost_usd, u.first_time, u.last_time, u.export_key, u.record_id
FROM used u
LEFT JOIN sessions_of s ON s.kind = u.kind AND s.principal = u.principal AND s.day = u.day
LEFT JOIN reached d ON d.kind = u.kind AND d.principal = u.principal AND d.day = u.day
LEFT JOIN busiest b ON u.kind = 'user' AND b.login = u.principal AND b.day = u.day
