-- Agents of the window, most active first.
SELECT a.agent, coalesce(a.versions, make_array()) AS versions,
       CASE WHEN a.user_agent IS NULL THEN make_array() ELSE make_array(a.user_agent) END AS user_agents,
       a.sanctioned, a.first_seen >= n.new_from AS new_in_window, a.users, a.devices,
       coalesce(a.models, make_array()) AS models, a.requests, a.calls AS tool_calls, a.sessions,
       CAST(a.first_seen AS BIGINT) AS first_seen, CAST(a.last_seen AS BIGINT) AS last_seen
FROM agents a
CROSS JOIN new_from n
ORDER BY a.requests DESC, a.agent
