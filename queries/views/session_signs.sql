-- +++
-- doc = "What the signals of a session say: one sentence for each detection, because the same sign in many places is one story. Signals of low confidence are left out."
-- derived = true
-- [columns]
-- detection = "Id of the signal detection."
-- first_seen = "First time of such a signal."
-- reason = "The first of their reasons, and how many others there are."
-- +++
SELECT session_id, login, detection, min(first_seen) AS first_seen,
       first_value(reason ORDER BY first_seen, reason)
         || CASE WHEN count(DISTINCT reason) > 1 THEN ' (' || CAST(count(DISTINCT reason) - 1 AS VARCHAR) || ' more such signs.)' ELSE '' END AS reason
FROM signals
WHERE confidence <> 'low'
GROUP BY session_id, login, detection
