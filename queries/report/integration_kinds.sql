-- What the kinds of integrations of the window mean.
SELECT k.kind, k.meaning
FROM catalog_integration_kinds k
JOIN (SELECT DISTINCT integration_kind FROM integrations) i ON i.integration_kind = k.kind
ORDER BY k.kind
