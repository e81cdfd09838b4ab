-- What the capabilities mean that tools of the window have.
SELECT c.capability, c.meaning
FROM catalog_capabilities c
JOIN (SELECT DISTINCT unnest(capabilities) AS capability FROM tools) t ON t.capability = c.capability
ORDER BY c.capability
