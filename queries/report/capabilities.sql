-- What the capabilities mean that tools and calls of the window have.
SELECT c.capability, c.meaning
FROM catalog_capabilities c
JOIN (SELECT unnest(capabilities) AS capability FROM tools UNION SELECT unnest(capabilities) FROM calls) t ON t.capability = c.capability
ORDER BY c.capability
