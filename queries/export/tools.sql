-- Tools, one row each; the key is integration and tool.
SELECT t.integration || '/' || t.tool AS tool_key, t.integration, t.integration_kind, t.tool, t.capabilities, t.risk, t.risk_reason, t.review,
       coalesce(t.users, make_array()) AS users, coalesce(t.agents, make_array()) AS agents, t.offered_users, t.called_users, t.calls,
       t.errors, t.refused, t.versions AS definitions, t.first_seen, t.last_seen
FROM tools t
WHERE t.integration IS NOT NULL AND t.tool IS NOT NULL
ORDER BY tool_key
