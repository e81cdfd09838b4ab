-- Definitions that tools have in the window.
SELECT DISTINCT integration, tool, definition_hash AS hash
FROM tool_offers
WHERE integration IS NOT NULL AND tool IS NOT NULL
ORDER BY integration, tool, hash
