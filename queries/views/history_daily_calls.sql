-- +++
-- doc = "Tool calls of the whole lake per UTC day, login, device, agent, integration, tool, provider and model, with what they did."
-- materialise = true
-- [columns]
-- day = "Start of the day, UTC."
-- calls = "Tool calls."
-- destructive = "Calls that remove or overwrite data."
-- outgoing = "Calls that send data out."
-- secret = "Calls that read credentials."
-- install = "Calls that install software."
-- persistence = "Calls that leave something behind that acts in later sessions."
-- guard_off = "Calls that switch a protection off."
-- failed_calls = "Calls whose result was an error."
-- refused_calls = "Calls that a person or a policy refused."
-- first_time = "First call."
-- last_time = "Last call."
-- export_key = "Export of the first call."
-- record_id = "Record id of the first call."
-- +++
SELECT date_trunc('day', time) AS day, login, device, agent, coalesce(integration, 'unknown') AS integration,
       coalesce(tool, raw_name) AS tool, provider, model, count(*) AS calls,
       sum(CASE WHEN destructive THEN 1 ELSE 0 END) AS destructive, sum(CASE WHEN egress THEN 1 ELSE 0 END) AS outgoing,
       sum(CASE WHEN secret THEN 1 ELSE 0 END) AS secret, sum(CASE WHEN install THEN 1 ELSE 0 END) AS install,
       sum(CASE WHEN persistence THEN 1 ELSE 0 END) AS persistence, sum(CASE WHEN guard_off THEN 1 ELSE 0 END) AS guard_off,
       sum(CASE WHEN outcome = 'error' THEN 1 ELSE 0 END) AS failed_calls,
       sum(CASE WHEN outcome = 'refused' THEN 1 ELSE 0 END) AS refused_calls, min(time) AS first_time, max(time) AS last_time,
       first_value(export_key ORDER BY time, export_key, record_id, call_uid) AS export_key,
       first_value(record_id ORDER BY time, export_key, record_id, call_uid) AS record_id
FROM history_calls
GROUP BY date_trunc('day', time), login, device, agent, coalesce(integration, 'unknown'), coalesce(tool, raw_name), provider, model
