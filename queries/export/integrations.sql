-- Integrations, one row each.
SELECT i.integration, i.integration_kind, i.vendor, i.known, i.capabilities, i.risk, i.risk_reason, i.riskiest_tool, i.review, i.review_owner,
       i.tools, i.tools_called, i.calls, i.errors, coalesce(i.users, make_array()) AS users, coalesce(i.agents, make_array()) AS agents,
       i.first_seen >= n.new_from AS new_in_window, i.first_seen, i.last_seen
FROM integrations i
CROSS JOIN new_from n
WHERE i.integration IS NOT NULL
ORDER BY i.integration
