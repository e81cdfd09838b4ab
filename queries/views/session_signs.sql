-- +++
-- doc = "What the signals of a session say: one sentence for each detection, because the same sign in many places is one story. Signals of low confidence are left out."
-- derived = true
-- [columns]
-- detection = "Id of the signal detection."
-- first_seen = "First time of such a signal."
-- reason = "The first of their reasons, and how many others there are."
-- sign = "The same without the names of agent and user at its start, for lists that stand below them."
-- +++
SELECT session_id, login, detection, first_seen, reason || more AS reason, replace(reason, who || ' ', '') || more AS sign
FROM (
  SELECT session_id, login, detection, min(first_seen) AS first_seen, first_value(reason ORDER BY first_seen, reason) AS reason,
         max(coalesce(agent, 'agent') || ' of ' || coalesce(login, 'unknown')) AS who,
         CASE WHEN count(DISTINCT reason) > 1 THEN ' (' || CAST(count(DISTINCT reason) - 1 AS VARCHAR) || ' more such signs.)' ELSE '' END AS more
  FROM signals
  WHERE confidence <> 'low'
  GROUP BY session_id, login, detection
)
