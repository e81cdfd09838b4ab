-- Integrations of the window, riskiest first.
SELECT i.integration, i.integration_kind AS kind, i.risk, i.risk_reason,
       CASE WHEN i.review IN ('approved', 'denied', 'expired') THEN i.review END AS reviewed,
       i.first_seen >= n.new_from AS new_in_window, coalesce(i.capabilities, make_array()) AS capabilities, i.tools, i.tools_called,
       i.calls, i.errors, i.users, i.agents, i.devices, CAST(i.first_seen AS BIGINT) AS first_seen,
       CAST(i.last_seen AS BIGINT) AS last_seen
FROM integrations i
CROSS JOIN new_from n
ORDER BY i.integration
