-- +++
-- doc = "Tool calls of the whole lake per login and minute, active minutes only."
-- materialise = true
-- [columns]
-- minute = "Start of the minute, UTC."
-- agent = "Agent of the first call."
-- calls = "Tool calls."
-- destructive = "Calls that remove or overwrite data."
-- outgoing = "Calls that send data out."
-- +++
SELECT login, date_trunc('minute', time) AS minute, min(agent) AS agent, count(*) AS calls,
       sum(CASE WHEN destructive THEN 1 ELSE 0 END) AS destructive, sum(CASE WHEN egress THEN 1 ELSE 0 END) AS outgoing
FROM history_calls
GROUP BY login, date_trunc('minute', time)
