-- Agents of the window, most active first, with what tells which agent they are.
WITH told AS (
  SELECT e.agent, e.named_by, e.tools_agent, e.tools, e.prompt_agent, e.prompt_opening, e.looks_like, e.mismatch
  FROM agent_evidence e
  LEFT JOIN run_window w ON true
  WHERE (w.start_time IS NULL OR e.last_seen >= w.start_time) AND (w.end_time IS NULL OR e.first_seen < w.end_time)
),
proofs AS (
  SELECT DISTINCT agent, 1 AS nth, 'named by the ' || named_by AS proof FROM told WHERE named_by <> 'nothing'
  UNION ALL
  SELECT agent, 2, 'tools of ' || tools_agent || ': '
           || array_to_string(array_slice(first_value(tools ORDER BY cardinality(tools) DESC, array_to_string(tools, ',')), 1, 6), ', ')
  FROM told
  WHERE tools_agent IS NOT NULL
  GROUP BY agent, tools_agent
  UNION ALL
  SELECT agent, 3, 'system prompt of ' || prompt_agent || ': ' || left(min(prompt_opening), 60)
  FROM told
  WHERE prompt_agent IS NOT NULL
  GROUP BY agent, prompt_agent
),
proved AS (
  SELECT agent, array_agg(proof ORDER BY nth, proof) AS evidence FROM proofs GROUP BY agent
),
alike AS (
  SELECT agent, array_agg(DISTINCT other ORDER BY other) AS looks_like
  FROM (SELECT agent, tools_agent AS other FROM told UNION ALL SELECT agent, prompt_agent FROM told) o
  WHERE other <> agent
  GROUP BY agent
),
differs AS (
  SELECT agent, bool_or(mismatch) AS mismatch FROM told GROUP BY agent
)
SELECT a.agent, coalesce(a.versions, make_array()) AS versions,
       CASE WHEN a.user_agent IS NULL THEN make_array() ELSE make_array(a.user_agent) END AS user_agents,
       a.sanctioned, a.first_seen >= n.new_from AS new_in_window, a.users, a.devices,
       coalesce(a.models, make_array()) AS models, a.requests, a.calls AS tool_calls, a.sessions,
       CAST(a.first_seen AS BIGINT) AS first_seen, CAST(a.last_seen AS BIGINT) AS last_seen,
       coalesce(p.evidence, make_array()) AS evidence, coalesce(l.looks_like, make_array()) AS looks_like,
       coalesce(d.mismatch, false) AS mismatch
FROM agents a
CROSS JOIN new_from n
LEFT JOIN proved p ON p.agent = a.agent
LEFT JOIN alike l ON l.agent = a.agent
LEFT JOIN differs d ON d.agent = a.agent
ORDER BY a.requests DESC, a.agent
