-- The places to which those calls (table campaign_calls) sent data and which are not the organisation's own.
WITH
-- Domains of the users' logins are the organisation's, but for those of mail providers that serve everybody.
logins AS (
  SELECT lower(login) AS login, split_part(lower(login), '@', 2) AS host FROM users WHERE strpos(login, '@') > 0
  UNION ALL
  -- Addresses from which agents send for their users are theirs, whatever their domains are.
  SELECT address, NULL FROM (SELECT DISTINCT address FROM own_addresses) o
)
SELECT DISTINCT d.call_uid, d.place
FROM call_destinations d
JOIN (SELECT DISTINCT call_uid FROM campaign_calls) h ON h.call_uid = d.call_uid
JOIN entities e ON e.source = 'call' AND e.source_id = d.call_uid AND lower(e.value) = d.place
LEFT JOIN catalog_free_mail f ON f.domain = e.domain
LEFT JOIN logins l ON l.login = d.place OR f.domain IS NULL AND (l.host = e.domain OR ends_with(l.host, '.' || e.domain))
WHERE d.sent AND d.novelty IN ('new', 'seen') AND l.login IS NULL AND e.kind <> 'argument'
