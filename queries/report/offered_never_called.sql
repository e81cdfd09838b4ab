-- Tools that models could have called in the window and did not.
SELECT integration, tool, coalesce(risk, 'unknown') AS risk, offers AS requests, users, agents, CAST(first_seen AS BIGINT) AS first_seen,
       CAST(last_seen AS BIGINT) AS last_seen
FROM tools
WHERE never_called
ORDER BY integration, tool
