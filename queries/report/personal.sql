-- Personal data and one-time codes of the window (payment cards, bank accounts, passports, national ids, codes, reset links),
-- what was sent out and what most people met first. Nothing of it can be rotated, and by itself it makes no incident.
SELECT t.fingerprint, t.rules[1] AS rule, coalesce(k.label, replace(e.kind, '-', ' ')) AS kind, CAST(NULL AS VARCHAR) AS vendor,
       t.confidence, e.preview, t.surfaces, e.entry,
       CAST(NULL AS VARCHAR) AS file, t.users, t.agents, t.providers, t.models, t.sent_out_by,
       array_remove_all(make_array(
         CASE WHEN t.sent_out > 0 THEN 'was handed to ' || array_to_string(array_slice(t.sent_out_by, 1, 3), ', ') || ', which can send it out, in '
              || CAST(t.sent_out AS VARCHAR) || CASE WHEN t.sent_out = 1 THEN ' call' ELSE ' calls' END ELSE '' END,
         CASE WHEN t.sessions > 1 THEN 'is in ' || CAST(t.sessions AS VARCHAR) || ' sessions of ' || CAST(t.user_count AS VARCHAR) || CASE WHEN t.user_count = 1 THEN ' user' ELSE ' users' END ELSE '' END,
         CASE WHEN t.provider_count > 1 THEN 'was seen by ' || CAST(t.provider_count AS VARCHAR) || ' providers' ELSE '' END), '') AS why,
       -- What comes first in the list has the highest number; there is nothing to weigh.
       CAST(row_number() OVER (ORDER BY t.sent_out > 0, t.user_count, t.provider_count, CASE t.confidence WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END, t.sent_again, t.first_seen DESC, t.fingerprint DESC) AS BIGINT) AS exposure,
       t.places AS occurrences, t.sent_again AS resent, '' AS rotation_url, '' AS steps, array_slice(t.sent_evidence, 1, 20) AS evidence,
       CAST(t.first_seen AS BIGINT) AS first_seen, CAST(t.last_seen AS BIGINT) AS last_seen
FROM secret_spread t
JOIN secret_places e ON e.fingerprint = t.fingerprint AND e.nth = 1
LEFT JOIN catalog_secret_kinds k ON k.kind = e.kind
WHERE t.tier = 'pii' AND t.in_window
ORDER BY exposure DESC
