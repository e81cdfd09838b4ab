-- Integrations that nobody has approved or denied, or whose verdict has expired.
SELECT integration, integration_kind AS kind, CAST(NULL AS VARCHAR) AS tool, risk,
       CASE review WHEN 'expired' THEN 'the verdict has expired' ELSE 'never reviewed' END AS why, calls, users,
       CAST(first_seen AS BIGINT) AS first_seen
FROM integrations
WHERE review IN ('unreviewed', 'expired')
ORDER BY integration
